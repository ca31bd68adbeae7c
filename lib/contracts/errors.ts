/** Every error code that leaves the server, with its HTTP status and its title: the one table (RFC 9457). No zod: the browser reads it too. */
export const ERRORS = {
  bad_request: [400, 'The request could not be read'],
  unauthorized: [401, 'Sign in first'],
  forbidden: [403, 'Not allowed'],
  read_only: [403, 'This Queuedeck is read-only'],
  cross_site: [403, 'The request came from another site'],
  broker_refused: [403, 'The broker does not allow this'],
  source_not_found: [404, 'No such source'],
  queue_not_found: [404, 'No such queue'],
  job_not_found: [404, 'No such job'],
  worker_not_found: [404, 'No such worker'],
  task_not_found: [404, 'No such task'],
  scheduler_not_found: [404, 'No such scheduler'],
  operation_not_found: [404, 'No such operation'],
  view_not_found: [404, 'No such view'],
  group_not_found: [404, 'No such group of failures'],
  file_not_found: [404, 'No such file'],
  not_found: [404, 'No such address'],
  method_not_allowed: [405, 'This address does not take that method'],
  wrong_state: [409, "The job's state does not allow this"],
  queue_state: [409, "The queue's state does not allow this"],
  group_state: [409, "The group's state does not allow this"],
  job_locked: [409, 'A worker holds the job'],
  job_exists: [409, 'A job with this id exists'],
  scheduler_conflict: [409, 'The scheduler does not allow this now'],
  idempotency_conflict: [409, 'This Idempotency-Key was used with another body'],
  idempotency_in_progress: [409, 'A request with this Idempotency-Key is still running'],
  view_exists: [409, 'A view with this name exists'],
  too_many_views: [409, 'There are too many views'],
  nothing_matches: [409, 'No job fits'],
  not_undoable: [409, 'It could not be put back'],
  confirm_count: [409, 'The number of jobs must be confirmed'],
  not_supported: [409, 'This backend cannot do that'],
  unreadable: [409, 'The broker holds something else there'],
  worker_unreachable: [409, 'The worker takes no such order'],
  request_timeout: [408, 'The request did not come in time'],
  job_cancelled: [410, 'The job was cancelled before it began'],
  body_too_large: [413, 'The body is too large'],
  uri_too_long: [414, 'The address is too long'],
  unsupported_media_type: [415, 'This media type is not taken here'],
  validation_failed: [422, 'The input does not fit'],
  too_many_requests: [429, 'Too much at once from here'],
  headers_too_large: [431, 'The headers are too large'],
  internal: [500, 'Something went wrong here'],
  too_slow: [503, 'This took too long'],
  busy: [503, 'This process takes no more just now'],
  broker_unavailable: [503, 'The broker is away'],
  store_unavailable: [503, 'The store is away'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ErrorCode = keyof typeof ERRORS;

export interface FieldError {
  path: string;
  message: string;
}

/** `application/problem+json` as it leaves the server. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  errors?: FieldError[];
  /** The job's actual state, with `wrong_state`. */
  state?: string;
  /** How many jobs there are, with `confirm_count` and `nothing_matches`. */
  count?: number;
}

/** An error with a code from the table; `detail` is shown to the client. */
export class CodedError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly extra: {
      errors?: FieldError[];
      state?: string;
      count?: number;
      retryAfterSeconds?: number;
      cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: extra.cause });
    this.name = 'CodedError';
  }

  /** By name: Next bundles pages, routes and instrumentation apart, so one process holds several copies of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'CodedError' && 'code' in value;
  }

  get status(): number {
    return ERRORS[this.code][0];
  }
}
