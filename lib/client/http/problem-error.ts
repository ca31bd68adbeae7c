import type { FieldError, Problem } from '@/lib/contracts/errors';

/** An API call that did not succeed. `status` 0: the server could not be reached at all. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly code: Problem['code'] | 'unreachable',
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
    /** The job's actual state, with `wrong_state`. */
    readonly state: string | null = null,
    /** How many jobs there are, with `confirm_count` and `nothing_matches`. */
    readonly count: number | null = null,
  ) {
    super(detail || title);
    this.name = 'ProblemError';
  }
}

/** Reads a problem+json answer; an answer of another kind still becomes a sentence. */
export function toProblemError(status: number, body: unknown): ProblemError {
  if (typeof body === 'object' && body !== null && 'code' in body && 'title' in body) {
    const problem = body as Problem;
    return new ProblemError(
      status,
      problem.code,
      problem.title,
      problem.detail ?? '',
      problem.errors,
      problem.state ?? null,
      problem.count ?? null,
    );
  }
  return new ProblemError(
    status,
    'internal',
    `The server answered ${status}`,
    'The answer was not one that this page understands.',
  );
}

/** Any thrown value as one sentence for a person. */
export function describeError(error: unknown): string {
  if (error instanceof ProblemError)
    return error.detail && error.detail !== error.title ? `${error.title}: ${error.detail}` : error.title;
  return error instanceof Error ? error.message : String(error);
}
