import type { Worker } from '@/lib/contracts/workers';
import type { Store } from '@/lib/store/store';

/**
 * A mark for each version that a source's workers run and did not before. Those that run when it is first looked at are no change:
 * they are kept as of 1970, which no list shows.
 */
export async function noteVersions(store: Store, source: string, workers: readonly Worker[]): Promise<void> {
  const versions = new Set(workers.flatMap(({ version, status }) => (status === 'lost' ? [] : (version ?? []))));
  if (versions.size === 0) return;
  await store.query(
    `INSERT INTO queuedeck.deploy (source, version, origin, at)
     SELECT $1, v, 'worker', CASE WHEN EXISTS (SELECT FROM queuedeck.deploy WHERE source = $1 AND origin = 'worker')
                                  THEN date_trunc('milliseconds', now()) ELSE 'epoch' END
       FROM unnest($2::text[]) AS u(v)
      WHERE NOT EXISTS (SELECT FROM queuedeck.deploy d WHERE d.source = $1 AND d.origin = 'worker' AND d.version = v)
         ON CONFLICT DO NOTHING`,
    [source, [...versions]],
  );
}
