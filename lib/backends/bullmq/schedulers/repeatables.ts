import { createHash } from 'node:crypto';
import { hasLegacyRepeatableKeyShape } from 'bullmq';
import type { BrokerScheduler, FoundScheduler } from '@/lib/backends/schedulers';
import { formatBytes } from '@/lib/format';
import { decodeOptions } from '../job-options';

/*
 * Repeatable jobs of BullMQ 5 and before, `add(name, data, { repeat })`:
 *
 * | version  | member of `repeat` (score = next run)     | HASH `repeat:<member>`           | job of the next run                |
 * |----------|-------------------------------------------|----------------------------------|------------------------------------|
 * | 3, 4     | `name:jobId:endDate:tz:pattern or every`  | none                             | `repeat:<checksum>:<ms>`           |
 * | 5        | a hash of that text, or the caller's key  | name pattern every tz endDate    | `repeat:<member>:<ms>`             |
 *
 * A scheduler's HASH has `ic` (runs), and `data` and `opts`. A repeatable has none of them: what its runs are given stands in the job of the
 * next run alone, from which the worker makes the one after it.
 */

const hash = (text: string) => createHash('md5').update(text).digest('hex');

/** What stands between `repeat:` and the millis in the id of its runs, the likeliest first. */
export function runNamesOf({ id, legacy }: Pick<BrokerScheduler, 'id' | 'legacy'>): string[] {
  if (!legacy || !hasLegacyRepeatableKeyShape(id)) return [id];
  const [name = '', jobId = ''] = id.split(':');
  const checksums = [jobId, ''].map((part) => hash(`${name}${part}${hash(id)}`));
  return [...new Set([...checksums, id])];
}

/** The job of the next run, as a script found it: its id ('' = gone), its texts ('' = too large), and their sizes. */
export interface PendingRun {
  id: string;
  name: string;
  data: string;
  opts: string;
  bytes: number;
}

/** Made by the repetition, or true of that one run only. */
const OF_RUN = ['repeat', 'repeatJobKey', 'jobId', 'delay', 'timestamp', 'prevMillis', 'offset'];

/** The definition with what only the next job knows. */
export function withPending(found: FoundScheduler, pending: PendingRun): FoundScheduler {
  if (pending.id === '')
    return {
      ...found,
      templateFault: 'The job of its next run, which alone has its data and options, is not in the broker.',
    };
  if (pending.bytes > pending.data.length && pending.data === '')
    return {
      ...found,
      templateFault: `The job of its next run, which alone has its data and options, is too large to be read (${formatBytes(pending.bytes)}).`,
    };
  const options = decodeOptions(pending.opts);
  for (const name of OF_RUN) delete options[name];
  const name = pending.name || found.definition.name;
  return {
    ...found,
    row: { ...found.row, name },
    definition: { ...found.definition, name, data: pending.data || '{}', opts: JSON.stringify(options) },
  };
}
