import * as z from 'zod';
import { TimeInput } from '../common';
import { ExportQuery, FoundJobs, RecordedJob, SearchQuery, Suggestions, SuggestQuery } from '../search';
import { SavedView, SavedViewList, SaveView, ViewId, ViewsQuery } from '../views';
import { endpoint, none, OfJob } from './endpoint';

const OfView = z.strictObject({ view: ViewId });

/** Finding jobs among all that were recorded, and the searches that are kept. */
export const SEARCH_ENDPOINTS = {
  'job.search': endpoint('Jobs that fit a query, over everything that was recorded', SearchQuery, null, FoundJobs),
  'job.suggest': endpoint('What could stand at a place in a query', SuggestQuery, null, Suggestions),
  'job.export': endpoint('All jobs that fit a query, as a file', ExportQuery, null, null),
  'job.history': endpoint(
    'A job as it was recorded, whether the broker still has it or not',
    z.strictObject({ ...OfJob, addedAt: TimeInput.optional() }),
    null,
    RecordedJob,
  ),
  'view.list': endpoint('Saved searches: your own and shared ones', z.strictObject(ViewsQuery), null, SavedViewList),
  'view.create': endpoint('Save a search', none, SaveView, SavedView, { status: 201 }),
  'view.replace': endpoint('Change a saved search', OfView, SaveView, SavedView),
  'view.remove': endpoint('Forget a saved search', OfView, null, z.object({ removed: z.literal(true) })),
};
