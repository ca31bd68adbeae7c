import * as z from 'zod';
import { DATE_TIME, JobId, Json, QueueName, SourceName, TimeInput } from './common';
import { wellFormed } from './storable';

const TEXT_MAX_CHARS = 1_048_576;
const PROGRESS_MAX_CHARS = 65_536;
const YEAR_MS = 86_400_000 * 366;

/** JSON text that is stored as it is written: integers beyond 2^53 survive. */
const JsonText = z
  .string()
  .min(1)
  .max(TEXT_MAX_CHARS)
  .refine((text) => isJson(text), 'is not JSON');

/** New data: `data` as a value, or `text` as JSON text. */
const NewData = { data: Json.optional(), text: JsonText.optional() };
const given = (body: { data?: unknown; text?: string | undefined }) =>
  Number(body.data !== undefined) + Number(body.text !== undefined);

export const RetryInput = z
  .strictObject({ resetAttempts: z.boolean().optional(), ...NewData })
  .refine((body) => given(body) <= 1, 'give data or text, not both');
export type RetryInput = z.infer<typeof RetryInput>;

export const EditInput = z.strictObject(NewData).refine((body) => given(body) === 1, 'give either data or text');
export type EditInput = z.infer<typeof EditInput>;

/** 0 = none; a smaller number runs earlier. `lifo` = before those of the same priority. */
export const PrioritizeInput = z.strictObject({
  priority: z.number().int().min(0).max(2_097_151),
  lifo: z.boolean().default(false),
});
export type PrioritizeInput = z.infer<typeof PrioritizeInput>;

/** From now, or at a time; what is past means now. */
export const RescheduleInput = z.union([
  z.strictObject({ delayMs: z.number().int().min(0).max(YEAR_MS) }),
  z.strictObject({
    runAt: TimeInput.refine((at) => Date.parse(at) - Date.now() <= YEAR_MS, 'must be within 366 days').meta(DATE_TIME),
  }),
]);
export type RescheduleInput = z.infer<typeof RescheduleInput>;

export const ProgressInput = z.strictObject({
  progress: z
    .union([z.number(), z.string(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .refine((value) => JSON.stringify(value).length <= PROGRESS_MAX_CHARS, 'must have 64 KB at most'),
});
export type ProgressInput = z.infer<typeof ProgressInput>;

export const LogInput = z.strictObject({ lines: z.array(z.string().max(8_192).check(wellFormed)).min(1).max(1_000) });
export type LogInput = z.infer<typeof LogInput>;

/** `?children=0` leaves them; without it they go too, as in BullMQ. */
export const ChildrenFlag = z
  .enum(['0', '1', 'true', 'false'])
  .default('1')
  .transform((flag) => flag === '1' || flag === 'true');

/** How many of the newest lines stay. */
export const KeepLines = z.coerce.number().int().min(0).max(1_000_000).default(0);

/** `left` unprocessed children remain: a worker holds them, or (`done: false`) ask again. */
export const ChildrenRemoved = z.object({
  source: SourceName,
  queue: QueueName,
  id: JobId,
  removed: z.number().int(),
  left: z.number().int(),
  done: z.boolean(),
});
export type ChildrenRemoved = z.infer<typeof ChildrenRemoved>;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
