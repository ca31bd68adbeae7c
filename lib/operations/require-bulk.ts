import type { BulkMethods } from '@/lib/backends/bulk';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import type { JobFilter, OperationAction } from '@/lib/contracts/operations';
import { notSupported } from '@/lib/jobs/change';

/** What operations need of the backend; throws not_supported, also where jobs cannot be moved to that queue. */
export function requireBulk(entry: SourceEntry, filter: JobFilter, action: OperationAction): BulkMethods {
  const { bulk } = entry.backend;
  if (!bulk) throw notSupported(entry, 'change many jobs');
  const against = action.kind === 'move' ? bulk.refuseMove(filter.queue, action.toQueue) : null;
  if (against !== null) throw new CodedError('not_supported', against);
  return bulk;
}
