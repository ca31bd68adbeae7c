import * as z from 'zod';
import { Can, NewName, Page, page, QueueName, SourceName } from './common';
import { QueryText, SearchSort } from './search';
import { storable } from './storable';

export const ViewId = z.uuid();

export const SavedView = z.object({
  id: ViewId,
  name: z.string(),
  owner: z.string(),
  shared: z.boolean(),
  /** Where it belongs; null = the page of all jobs. */
  source: SourceName.nullable(),
  queue: QueueName.nullable(),
  /** What that queue's list opens with. */
  isDefault: z.boolean(),
  q: z.string(),
  sort: SearchSort,
  /** As of the last minute; exact up to 10,000. Null = not counted yet. */
  count: z.object({ value: z.number().int(), exact: z.boolean() }).nullable(),
  can: Can,
});
export type SavedView = z.infer<typeof SavedView>;
export const SavedViewList = page(SavedView);
export const ViewsQuery = { ...Page, source: SourceName.optional(), queue: QueueName.optional() };

/** At most 200 views for each owner. */
export const SaveView = z
  .strictObject({
    name: z.string().trim().min(1).max(80).check(storable),
    q: QueryText,
    sort: SearchSort.default('added'),
    shared: z.boolean().default(false),
    source: SourceName.optional(),
    queue: NewName.optional(),
    isDefault: z.boolean().default(false),
  })
  .refine((view) => view.queue === undefined || view.source !== undefined, {
    path: ['source'],
    message: 'name the source of the queue',
  })
  .refine((view) => !view.isDefault || view.queue !== undefined, {
    path: ['isDefault'],
    message: 'only a view of a queue can be its default',
  });
export type SaveView = z.output<typeof SaveView>;
