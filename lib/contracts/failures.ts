import * as z from 'zod';
import { Can, IsoTime, JobId, Page, page, QueueName, SourceName, TimeInput } from './common';
import { OperationOptions } from './operations';
import { RecordedState } from './search';
import { storable } from './storable';

export const GroupId = z.coerce.number().int().min(1).max(2_147_483_647);
export const GroupState = z.enum(['open', 'muted', 'resolved']);

/** Failures of one cause: the same message once ids, numbers, hosts … are taken out, from the same place in the code. */
export const FailureGroup = z.object({
  id: z.number().int(),
  source: SourceName,
  /** The normalised message: `Request to ‹host› timed out after ‹n› ms`. */
  title: z.string(),
  /** The newest message as it was, 300 characters, and the first own stack frame. */
  message: z.string(),
  frame: z.string().nullable(),
  /** How many others were merged into it: all figures are of them together. */
  parts: z.number().int(),
  /** It goes on for a family of names, of which too many were new within an hour: same frame, same first words. */
  isFolded: z.boolean(),
  state: GroupState,
  mutedUntil: IsoTime.nullable(),
  mutedAbove: z.number().int().nullable(),
  note: z.string().nullable(),
  /** Jobs of it that are failed in the broker now; null = not known. `inRange`: failures in the period asked for; `total`: ever. */
  jobsNow: z.number().int().nullable(),
  inRange: z.number().int(),
  total: z.number().int(),
  /** Failures per bucket of the period. */
  line: z.array(z.number()),
  queues: z.array(QueueName),
  names: z.array(z.string()),
  firstAt: IsoTime,
  lastAt: IsoTime,
  /** Versions of workers that met it, newest first, at most 10. `newSince`: the deploy or version that it came with. */
  versions: z.array(z.string()),
  newSince: z.string().nullable(),
  /** First met within the period (at most 24 hours ago); failed again after it was resolved. */
  isNew: z.boolean(),
  isRegressed: z.boolean(),
  can: Can,
});
export type FailureGroup = z.infer<typeof FailureGroup>;

export const FailuresQuery = {
  ...Page,
  source: SourceName.optional(),
  queue: QueueName.optional(),
  state: z.enum(['open', 'muted', 'resolved', 'all']).default('open'),
  /** Part of title, message, queue or job name. */
  text: z.string().min(1).max(200).optional(),
  from: TimeInput.optional(),
  to: TimeInput.optional(),
  sort: z.enum(['last', 'count', 'first']).default('last'),
};
export const FailureGroups = page(FailureGroup).extend({
  from: IsoTime,
  to: IsoTime,
  stepMs: z.number().int(),
  /** Of all groups that fit, not of the page. */
  groups: z.number().int(),
  failures: z.number().int(),
});
export type FailureGroups = z.infer<typeof FailureGroups>;

/** What was merged into a group, with its own figures. `by`: null = the rules that name failures changed, and name both alike. */
export const GroupPart = z.object({
  id: z.number().int(),
  title: z.string(),
  message: z.string(),
  state: GroupState,
  note: z.string().nullable(),
  total: z.number().int(),
  firstAt: IsoTime,
  lastAt: IsoTime,
  mergedAt: IsoTime,
  by: z.string().nullable(),
});
export type GroupPart = z.infer<typeof GroupPart>;

export const FailureGroupDetail = FailureGroup.extend({
  from: IsoTime,
  to: IsoTime,
  stepMs: z.number().int(),
  places: z.array(z.object({ queue: QueueName, name: z.string(), total: z.number().int(), lastAt: IsoTime })),
  /** Newest jobs, at most 20. */
  samples: z.array(
    z.object({
      queue: QueueName,
      id: JobId,
      name: z.string(),
      finishedAt: IsoTime.nullable(),
      state: RecordedState,
      attemptsMade: z.number().int(),
      worker: z.string().nullable(),
      error: z.string(),
    }),
  ),
  stack: z.string().nullable(),
  /** Newest first, at most 200. */
  madeOf: z.array(GroupPart),
  deploys: z.array(z.object({ version: z.string(), at: IsoTime, origin: z.enum(['api', 'worker']) })),
});
export type FailureGroupDetail = z.infer<typeof FailureGroupDetail>;

/** Until a time, or until so many more failures; one of the two. */
export const MuteGroup = z
  .strictObject({
    until: TimeInput.optional(),
    failures: z.number().int().min(1).max(1_000_000).optional(),
    note: z.string().trim().max(1000).check(storable).optional(),
  })
  .refine((mute) => (mute.until === undefined) !== (mute.failures === undefined), {
    path: ['until'],
    message: 'give either "until" or "failures"',
  });
export const NoteInput = z.strictObject({ note: z.string().trim().max(1000).check(storable) });

const Groups = z.array(z.number().int().min(1).max(2_147_483_647)).min(1).max(100);
/** Others of the same source; one that is merged already stands for what it was merged into. */
export const MergeGroups = z.strictObject({ groups: Groups });
/** Parts of it; each takes with it what was merged into it before. */
export const SplitGroup = z.strictObject({ groups: Groups });

/** `retry` and `remove`: the failed jobs; `cancel`: those that wait to be tried again. */
export const GroupAction = z.strictObject({
  action: z.enum(['retry', 'remove', 'cancel']),
  reason: z.string().trim().min(1).max(500).check(storable),
  queue: QueueName.optional(),
  options: OperationOptions.default({}),
});
export type GroupAction = z.output<typeof GroupAction>;
/** What failed jobs have more often than those that succeeded: a field of the data, the worker, the version. */
export const Difference = z.object({
  kind: z.enum(['data', 'worker', 'version', 'attempt']),
  /** `userId`, `customer.country`; '' for the other kinds. */
  path: z.string(),
  value: z.string(),
  failed: z.object({ with: z.number().int(), of: z.number().int() }),
  succeeded: z.object({ with: z.number().int(), of: z.number().int() }),
});
export const Differences = z.object({
  items: z.array(Difference),
  /** Of fewer failed or succeeded jobs nothing is compared. */
  needed: z.number().int(),
  /** The newest so many of each were compared. */
  failedJobs: z.number().int(),
  succeededJobs: z.number().int(),
});
export type Differences = z.infer<typeof Differences>;
