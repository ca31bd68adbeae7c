import * as z from 'zod';
import { CodedError } from '@/lib/contracts/errors';
import { FIRST_MS, LAST_MS } from '@/lib/contracts/times';
import { parseShallow } from '@/lib/json-depth';

export type CursorPosition = Record<string, string | number>;

const Any = z
  .record(z.string().max(32), z.union([z.string(), z.number()]))
  .refine((position) => Object.keys(position).length > 0);

/** What positions are made of, within what Lua and SQL can hold. */
export const At = {
  text: z.string(),
  uuid: z.uuid(),
  /** Of rows: PostgreSQL's integer. */
  count: z.number().int().min(0).max(2_147_483_647),
  /** Of what is numbered by a bigint. */
  number: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** A whole number beyond what a double holds, as its digits. */
  digits: (most: bigint) => z.string().refine((text) => /^\d{1,20}$/.test(text) && BigInt(text) <= most),
  ms: z.number().min(FIRST_MS).max(LAST_MS),
  /** A broker's own time or score: jobs may have any. */
  score: z.number(),
};

/** An opaque cursor: the position's JSON, base64url. It is no secret, and a forged one can only start a page elsewhere. */
export function encodeCursor(position: CursorPosition | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** For lists whose place only the backend can read. Throws validation_failed for a cursor that this server did not make. */
export function decodeCursor(cursor: string | undefined): CursorPosition | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const position = Any.safeParse(parseShallow(text));
  if (position.success) return position.data;
  throw invalidCursor('is not one that this server gave out', '; take nextCursor as it is');
}

/** The place that a cursor names. One of another list, or a forged one, is refused before its parts reach a script or a query. */
export function readCursor<T extends z.ZodType>(cursor: string | undefined, shape: T): z.output<T> | null {
  const position = decodeCursor(cursor);
  return position === null ? null : readPosition(position, shape);
}

export function readPosition<T extends z.ZodType>(position: CursorPosition, shape: T): z.output<T> {
  const read = shape.safeParse(position);
  if (read.success) return read.data;
  throw foreignCursor();
}

export const foreignCursor = () => invalidCursor('belongs to another list');

function invalidCursor(message: string, hint = ''): CodedError {
  return new CodedError('validation_failed', `cursor: ${message}.`, {
    errors: [{ path: 'cursor', message: message + hint }],
  });
}

const Keyed = z.strictObject({ k: At.text });

/** A page of a list that is whole in memory, keyed by a unique sort text. */
export function pageByKey<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  cursor: string | undefined,
  limit: number,
): { items: T[]; nextCursor: string | null } {
  const after = readCursor(cursor, Keyed)?.k;
  const from = after === undefined ? 0 : sorted.findIndex((item) => keyOf(item) > after);
  const items = from < 0 ? [] : sorted.slice(from, from + limit);
  const last = items.at(-1);
  const more = from >= 0 && from + limit < sorted.length;
  return { items, nextCursor: more && last !== undefined ? encodeCursor({ k: keyOf(last) }) : null };
}
