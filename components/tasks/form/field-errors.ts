import { ProblemError } from '@/lib/client/http/problem-error';

/** A problem's field errors by path, the first for each; `under` is cut off the front (`input.to` → `to`). */
export function readFieldErrors(error: unknown, under: string): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  const fields: Record<string, string> = {};
  for (const { path, message } of error.errors) {
    const own = path === under ? '' : path.startsWith(`${under}.`) ? path.slice(under.length + 1) : path;
    fields[own] ??= message;
  }
  return fields;
}

/** Those that no field shows, as sentences. */
export function listUnplaced(errors: Record<string, string>, placed: (path: string) => boolean): string[] {
  return Object.entries(errors)
    .filter(([path]) => !placed(path))
    .map(([path, message]) => (path ? `${path}: ${message}` : message));
}
