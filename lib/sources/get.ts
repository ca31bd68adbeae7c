import type { SourceEntry } from '@/lib/context';
import type { SourceDetail } from '@/lib/contracts/source-detail';
import { toIso } from '@/lib/iso-time';
import { findSource } from '@/lib/sources/find';
import { inspectSource } from '@/lib/sources/inspect';
import { describeSource } from '@/lib/sources/list';
import { findWarnings } from '@/lib/sources/warnings';
import { type Ask, query } from '@/lib/verbs';

/** A broker that is away is told as far as it is known, never an error. */
export const getSource = query('source.get', (ask, { source }) => lookInto(ask, findSource(ask.sources, source)));

async function lookInto(ask: Ask, entry: SourceEntry): Promise<SourceDetail> {
  const source = await describeSource(ask, entry);
  const inspection = source.status === 'up' ? await inspectSource(entry.backend) : null;
  const { redis = null, postgres = null } = inspection ?? {};
  return {
    ...source,
    inspectedAt: toIso(inspection?.at ?? null),
    evictionPolicy: redis?.evictionPolicy ?? null,
    persistence: redis && {
      appendOnly: redis.appendOnly,
      snapshots: redis.snapshots,
      lastSaveAt: toIso(redis.lastSaveAt),
    },
    clockSkewMs: inspection?.clockSkewMs ?? null,
    serverStartedAt: toIso(inspection?.startedAt ?? null),
    clients: inspection?.clients ?? null,
    database: postgres && {
      sizeBytes: postgres.databaseBytes,
      jobTableBytes: postgres.jobBytes,
      eventTableBytes: postgres.eventBytes,
      tables: postgres.tables.map(({ name, live, dead }) => ({ name, liveRows: live, deadRows: dead })),
    },
    sizes: inspection?.sizes ?? null,
    warnings: inspection ? findWarnings(source, inspection) : [],
  };
}
