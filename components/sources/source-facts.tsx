'use client';

import { Fact } from '@/components/ui/fact';
import { Ago } from '@/components/ui/time';
import type { SourceDetail } from '@/lib/contracts/source-detail';
import { formatBytes, formatCount, formatDuration, formatShare } from '@/lib/format';

/** What the server tells of itself. */
export function SourceFacts({ source }: { source: SourceDetail }) {
  const { memory, persistence, clients, database, latencyMs, clockSkewMs, queues, serverStartedAt } = source;
  return (
    <section className="card" aria-label="Facts">
      <dl className="facts">
        <Fact name="Version">{source.version ?? '—'}</Fact>
        <Fact name="Queues">{formatCount(queues)}</Fact>
        {memory && (
          <Fact name="Memory">
            {formatBytes(memory.usedBytes)}
            <span className="faint">
              {memory.maxBytes
                ? ` of ${formatBytes(memory.maxBytes)} (${formatShare(memory.usedBytes / memory.maxBytes)})`
                : ', no limit set'}
            </span>
          </Fact>
        )}
        {source.backend === 'bullmq-redis' && (
          <>
            <Fact name="When full">{source.evictionPolicy ?? '—'}</Fact>
            <Fact name="Persistence">{describePersistence(persistence)}</Fact>
            {persistence?.lastSaveAt && (
              <Fact name="Last saved">
                <Ago at={persistence.lastSaveAt} />
              </Fact>
            )}
          </>
        )}
        {database && (
          <>
            <Fact name="Database">{formatBytes(database.sizeBytes)}</Fact>
            <Fact name="Jobs table">{formatBytes(database.jobTableBytes)}</Fact>
            <Fact name="Events table">{formatBytes(database.eventTableBytes)}</Fact>
          </>
        )}
        <Fact name="Latency">{formatDuration(latencyMs)}</Fact>
        <Fact name="Clock">{describeSkew(clockSkewMs)}</Fact>
        <Fact name="Clients">
          {clients ? formatCount(clients.connected) : '—'}
          {clients?.max != null && <span className="faint"> of {formatCount(clients.max)}</span>}
        </Fact>
        <Fact name="Server started">{serverStartedAt ? <Ago at={serverStartedAt} /> : '—'}</Fact>
        {source.since && (
          <Fact name={source.status === 'up' || source.status === 'restricted' ? 'Connected since' : 'Away since'}>
            <Ago at={source.since} />
          </Fact>
        )}
        <Fact name="Looked into">{source.inspectedAt ? <Ago at={source.inspectedAt} /> : 'not yet'}</Fact>
      </dl>
    </section>
  );
}

function describePersistence(persistence: SourceDetail['persistence']): string {
  if (!persistence) return '—';
  const { appendOnly, snapshots } = persistence;
  if (appendOnly === null && snapshots === null) return '—';
  const ways = [appendOnly && 'append-only file', snapshots && 'snapshots'].filter(Boolean);
  return ways.length > 0 ? ways.join(' and ') : 'none';
}

function describeSkew(skewMs: number | null): string {
  if (skewMs === null) return '—';
  if (Math.abs(skewMs) < 100) return 'agrees with ours';
  return `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`;
}
