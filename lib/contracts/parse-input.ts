import type * as z from 'zod';
import { CodedError, type FieldError } from './errors';

const MAX_ERRORS = 100;

/** Parses or throws validation_failed with each field named, once per path. */
export function parseInput<T extends z.ZodType>(schema: T, value: unknown, at: (string | number)[] = []): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error.issues, at);
  throw new CodedError('validation_failed', describeErrors(errors), { errors });
}

export function describeErrors(errors: FieldError[]): string {
  const named = errors.slice(0, 3).map((e) => (e.path ? `${e.path}: ${e.message}` : e.message));
  const more = errors.length > 3 ? `; and ${errors.length - 3} more` : '';
  return `${named.join('; ')}${more}`;
}

/** zod's issues as `{ path, message }`; `items[3].name` style paths; unknown keys are named one by one. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], at: PropertyKey[] = []): FieldError[] {
  const found = new Map<string, string>();
  for (const error of issues.flatMap((issue) => flatten(issue, at)))
    if (!found.has(error.path)) found.set(error.path, error.message);
  return [...found].slice(0, MAX_ERRORS).map(([path, message]) => ({ path, message }));
}

function flatten(issue: z.core.$ZodIssue, at: PropertyKey[]): FieldError[] {
  const path = [...at, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: formatPath([...path, key]), message: 'is not a known field' }));
  if (issue.code === 'invalid_union') {
    const branch = likeliestBranch(issue.errors);
    if (branch) return branch.flatMap((inner) => flatten(inner, path));
  }
  return [{ path: formatPath(path), message: issue.message }];
}

/** The branch that accepted the value's own type and complained about its inside. */
function likeliestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const inside = branches.filter((branch) => !branch.some((i) => i.code === 'invalid_type' && i.path.length === 0));
  return inside.length > 0 ? inside.reduce((a, b) => (b.length < a.length ? b : a)) : undefined;
}

export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((to, key) => {
    if (typeof key === 'number') return `${to}[${key}]`;
    return to === '' ? String(key) : `${to}.${String(key)}`;
  }, '');
}
