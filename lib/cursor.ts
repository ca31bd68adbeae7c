import * as z from 'zod';
import { CodedError } from '@/lib/contracts/errors';

const Position = z
  .record(z.string().max(32), z.union([z.string().max(1024), z.number()]))
  .refine((position) => Object.keys(position).length > 0);

/** An opaque cursor: the position's JSON, base64url. It is no secret, and a forged one can only start a page elsewhere. */
export function encodeCursor(position: Record<string, string | number> | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Throws validation_failed for a cursor that this server did not make. */
export function decodeCursor(cursor: string | undefined): Record<string, string | number> | null {
  if (cursor === undefined) return null;
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new CodedError('validation_failed', 'cursor: is not one that this server gave out.', {
      errors: [{ path: 'cursor', message: 'is not one that this server gave out; take nextCursor as it is' }],
    });
  }
}

/** A position of the wrong kind (a cursor of another list) is refused the same way. */
export function cursorNumber(position: Record<string, string | number> | null, key: string): number | null {
  if (position === null) return null;
  const value = position[key];
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new CodedError('validation_failed', 'cursor: belongs to another list.', {
      errors: [{ path: 'cursor', message: 'belongs to another list' }],
    });
  return value;
}

/** A page of a list that is whole in memory, keyed by a unique sort text. */
export function pageByKey<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  cursor: string | undefined,
  limit: number,
): { items: T[]; nextCursor: string | null } {
  const after = decodeCursor(cursor)?.k;
  const from = after === undefined ? 0 : sorted.findIndex((item) => keyOf(item) > String(after));
  const items = from < 0 ? [] : sorted.slice(from, from + limit);
  const last = items.at(-1);
  const more = from >= 0 && from + limit < sorted.length;
  return { items, nextCursor: more && last !== undefined ? encodeCursor({ k: keyOf(last) }) : null };
}
