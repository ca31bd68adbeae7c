import * as z from 'zod';
import { JobId, QueueName, SourceName } from '../common';

/**
 * One row of THE table. `input` is the merge of path parameters and query (strict: an unknown one is refused) and, for
 * those with one, `body`. `output` is null where the answer is not JSON.
 */
export interface Endpoint<
  I extends z.ZodType = z.ZodType,
  B extends z.ZodType | null = z.ZodType | null,
  O extends z.ZodType | null = z.ZodType | null,
> {
  summary: string;
  input: I;
  body: B;
  output: O;
  status: number;
  /** Takes `Idempotency-Key`. */
  idempotent: boolean;
  /** What the door checks where that is looser than `body`: items that are judged one by one. */
  door: z.ZodType | null;
  /** Takes a file of one of these media types in place of JSON; the verb reads it from `ask.upload`. */
  media: readonly string[] | null;
}

export const endpoint = <I extends z.ZodType, B extends z.ZodType | null, O extends z.ZodType | null>(
  summary: string,
  input: I,
  body: B,
  output: O,
  extra: { status?: number; idempotent?: boolean; door?: z.ZodType; media?: readonly string[] } = {},
): Endpoint<I, B, O> => ({
  summary,
  input,
  body,
  output,
  status: extra.status ?? 200,
  idempotent: extra.idempotent ?? false,
  door: extra.door ?? null,
  media: extra.media ?? null,
});

/** Path parameters of a queue and of a job. */
export const OfQueue = { source: SourceName, queue: QueueName };
export const OfJob = { ...OfQueue, job: JobId };
export const none = z.strictObject({});
