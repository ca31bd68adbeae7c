import type { SourceEntry } from '@/lib/context';
import type { Source } from '@/lib/contracts/sources';
import { pageByKey } from '@/lib/cursor';
import { listAbilities } from '@/lib/sources/capabilities';
import { readWorker } from '@/lib/sources/read-worker';
import { readStanding } from '@/lib/sources/standing';
import { type Ask, query } from '@/lib/verbs';

const SOURCE_VERBS = [
  'queue.pause',
  'queue.resume',
  'job.add',
  'job.retry',
  'job.promote',
  'job.cancel',
  'job.remove',
] as const;

/** A broker that is away is a row with its status, never an error. */
export const listSources = query('source.list', async (ask, { cursor, limit }) => {
  const rows = await Promise.all([...ask.sources.values()].map((entry) => describeSource(ask, entry)));
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  return pageByKey(rows, (row) => row.name, cursor, limit);
});

export async function describeSource(ask: Ask, entry: SourceEntry): Promise<Source> {
  const { config, backend } = entry;
  const [{ facts, figures }, worker] = await Promise.all([
    readStanding(entry),
    config.worker ? readWorker(ask.store, config.name) : null,
  ]);
  return {
    name: config.name,
    ...facts,
    queues: figures === null || figures.at === null ? null : figures.queues.length,
    embedded: config.embedded,
    worker,
    ...listAbilities(ask, backend, SOURCE_VERBS),
  };
}
