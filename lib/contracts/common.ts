import * as z from 'zod';
import { JOB_STATES } from './states';

/** ISO 8601 with milliseconds, UTC: `2026-11-22T13:44:02.123Z`. */
export const IsoTime = z.iso.datetime({ precision: 3 });

export const JobState = z.enum(JOB_STATES);

/** A source's configured name: it stands in URLs, so it is kept plain. */
export const SourceName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'letters, digits, "_", "." and "-", starting with a letter or digit');

/** Queue names belong to their owners: anything a broker takes, bounded in length. */
export const QueueName = z.string().min(1).max(512);
export const JobId = z.string().min(1).max(512);
export const TaskName = z.string().min(1).max(256);

/** Page size of every list. */
export const Limit = z.coerce.number().int().min(1).max(200).default(50);
/** Opaque; carries the full sort key of the last row. */
export const Cursor = z.string().min(1).max(2048);

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
