import * as z from 'zod';
import { JOB_STATES } from './states';
import { storable } from './storable';
import { readTime } from './times';

const NAME_CHARS = 16_384;
const NEW_NAME_CHARS = 512;
const CURSOR_CHARS = 60_000;

/** ISO 8601 with milliseconds, UTC: `2026-11-22T13:44:02.123Z`. */
export const IsoTime = z.iso.datetime({ precision: 3 });

export const DATE_TIME = { format: 'date-time' } as const;

/** A time as callers may write it: RFC 3339 with any offset and fraction, of the years 1970–9999; read as an IsoTime. */
export const TimeInput = z
  .string()
  .transform((text, ctx) => {
    const at = readTime(text);
    if (typeof at === 'number') return new Date(at).toISOString();
    ctx.addIssue(at.fault);
    return z.NEVER;
  })
  .meta(DATE_TIME);

export const JobState = z.enum(JOB_STATES);

/** A source's configured name: it stands in URLs, so it is kept plain. */
export const SourceName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'letters, digits, "_", "." and "-", starting with a letter or digit');

/**
 * Names and ids of what is there belong to their owners: anything that a broker takes, so that whatever a list shows can be asked for.
 * The bound is that of an address.
 */
export const QueueName = z.string().min(1).max(NAME_CHARS);
export const JobId = z.string().min(1).max(NAME_CHARS);
export const JobName = z.string().min(1).max(NAME_CHARS);
/** Of a queue or a scheduler that may be a new one. */
export const NewName = z.string().min(1).max(NEW_NAME_CHARS).check(storable);
export const TaskName = z.string().min(1).max(256).check(storable);

/** Page size of every list. */
export const Limit = z.coerce.number().int().min(1).max(200).default(50);
/** Opaque; carries the full sort key of the last row, ids of any length in it. */
export const Cursor = z.string().min(1).max(CURSOR_CHARS);

export const Page = { cursor: Cursor.optional(), limit: Limit };

export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), nextCursor: Cursor.nullable() });

/** `?flag=1`, `?flag=true`; absent is false. */
export const Flag = z
  .enum(['0', '1', 'true', 'false'])
  .default('0')
  .transform((v) => v === '1' || v === 'true');

/** The verbs that apply here and now: backend ∩ role ∩ state; and for the others, the reason in one sentence. */
export const Can = z.array(z.string());
export const Cannot = z.record(z.string(), z.string());

export const Json: z.ZodType<unknown> = z.unknown();
