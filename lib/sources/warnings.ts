import type { SourceInspection } from '@/lib/backends/inspection';
import type { SourceWarning } from '@/lib/contracts/source-detail';
import type { Source } from '@/lib/contracts/sources';
import { formatBytes, formatCount, formatDuration, formatPlural, formatShare } from '@/lib/format';

const NEAR_FULL = 0.85;
const SKEW_MS = 2_000;
const SLOW_MS = 100;
const BLOAT_ROWS = 10_000;

type Facts = Pick<Source, 'memory' | 'latencyMs'>;

/** Each unsafe setting with its remedy; the worst first. Pure. */
export function findWarnings(facts: Facts, inspection: SourceInspection): SourceWarning[] {
  const found = [
    ...redisWarnings(facts, inspection.redis),
    ...postgresWarnings(inspection.postgres),
    ...commonWarnings(facts, inspection),
  ];
  return found.sort((a, b) => Number(b.severity === 'danger') - Number(a.severity === 'danger'));
}

function redisWarnings({ memory }: Facts, redis: SourceInspection['redis']): SourceWarning[] {
  if (redis === null) return [];
  const found: SourceWarning[] = [];
  const { evictionPolicy, appendOnly, snapshots, foreign } = redis;
  if (evictionPolicy !== null && evictionPolicy !== 'noeviction') {
    const isLimited = memory?.maxBytes != null;
    found.push({
      code: 'eviction-policy',
      severity: isLimited ? 'danger' : 'caution',
      sentence: `The eviction policy is ${evictionPolicy}: ${isLimited ? 'when memory runs out' : 'once a memory limit is set'}, jobs are thrown away without a word.`,
      remedy: 'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf.',
    });
  }
  if (appendOnly === false && snapshots === false)
    found.push({
      code: 'no-persistence',
      severity: 'danger',
      sentence: 'Nothing is written to disk: a restart loses every job.',
      remedy: 'CONFIG SET appendonly yes, and the same in redis.conf.',
    });
  else if (appendOnly === false && snapshots === true)
    found.push({
      code: 'snapshots-only',
      severity: 'caution',
      sentence: 'Only snapshots are written: a crash loses the jobs of the last minutes.',
      remedy: 'CONFIG SET appendonly yes, with appendfsync everysec.',
    });
  if (redis.writesFail)
    found.push({
      code: 'writes-fail',
      severity: 'danger',
      sentence: 'The last write to disk failed.',
      remedy: "Look at the server's log and its disk; jobs are refused as long as stop-writes-on-bgsave-error holds.",
    });
  const used = memory?.maxBytes ? memory.usedBytes / memory.maxBytes : 0;
  if (memory?.maxBytes && used >= NEAR_FULL)
    found.push({
      code: 'memory-near-full',
      severity: 'danger',
      sentence: `${formatShare(used)} of the memory limit is used (${formatBytes(memory.usedBytes)} of ${formatBytes(memory.maxBytes)}).`,
      remedy: 'Raise maxmemory, clean finished jobs, or keep fewer (removeOnComplete, removeOnFail).',
    });
  if (foreign && foreign.foreign > 0)
    found.push({
      code: 'keys-without-prefix',
      severity: 'caution',
      sentence: `≈ ${formatShare(foreign.foreign / foreign.sampled)} of the keys do not carry this source's prefix (${formatCount(foreign.sampled)} were sampled; one is "${foreign.example ?? ''}"): the broker is shared with something else.`,
      remedy:
        'Give the queues a Redis of their own; or, when those keys are queues too, add a source with their prefix.',
    });
  return [...found, ...legacyWarnings(redis.legacy)];
}

function legacyWarnings(legacy: NonNullable<SourceInspection['redis']>['legacy']): SourceWarning[] {
  const of = (kind: 'repeatables' | 'paused-list') => legacy.filter((one) => one.kind === kind);
  const names = (some: typeof legacy) =>
    `${some
      .slice(0, 3)
      .map(({ queue }) => `"${queue.slice(0, 60)}"`)
      .join(', ')}${some.length > 3 ? ` and ${some.length - 3} more` : ''}`;
  const found: SourceWarning[] = [];
  const [repeats, paused] = [of('repeatables'), of('paused-list')];
  if (repeats.length > 0)
    found.push({
      code: 'legacy-repeatables',
      severity: 'caution',
      sentence: `${names(repeats)} ${repeats.length === 1 ? 'holds' : 'hold'} repeatable jobs of BullMQ 5 or older, which BullMQ 6 does not run on.`,
      remedy: 'Make each a job scheduler (upsertJobScheduler), then remove the old one.',
    });
  if (paused.length > 0)
    found.push({
      code: 'legacy-paused-list',
      severity: 'caution',
      sentence: `${names(paused)} ${paused.length === 1 ? 'holds' : 'hold'} a list of paused jobs that BullMQ 5 left: workers of version 6 do not take from it while the queue is not resumed by version 6.`,
      remedy: 'Pause and resume the queue here: the jobs go back to waiting.',
    });
  return found;
}

function postgresWarnings(postgres: SourceInspection['postgres']): SourceWarning[] {
  if (postgres === null) return [];
  const found: SourceWarning[] = [];
  if (!postgres.fsync)
    found.push({
      code: 'fsync-off',
      severity: 'danger',
      sentence: 'fsync is off: a crash of the machine can destroy the database.',
      remedy: 'Set fsync = on in postgresql.conf and restart the server.',
    });
  if (!postgres.synchronousCommit)
    found.push({
      code: 'synchronous-commit-off',
      severity: 'caution',
      sentence: 'synchronous_commit is off: a crash loses the jobs of the last moments.',
      remedy: 'Set synchronous_commit = on for this database.',
    });
  if (!postgres.autovacuum)
    found.push({
      code: 'autovacuum-off',
      severity: 'danger',
      sentence: 'autovacuum is off: the job and event tables grow without end.',
      remedy: 'Set autovacuum = on.',
    });
  for (const { name, live, dead } of postgres.tables)
    if (dead > BLOAT_ROWS && dead > live)
      found.push({
        code: `${name}-table-bloat`,
        severity: 'caution',
        sentence: `The ${name} table holds ${formatCount(dead)} dead rows beside ${formatCount(live)} live ones.`,
        remedy: `VACUUM it, and lower autovacuum_vacuum_scale_factor for it.`,
      });
  return found;
}

function commonWarnings({ latencyMs }: Facts, { clients, clockSkewMs }: SourceInspection): SourceWarning[] {
  const found: SourceWarning[] = [];
  if (clients?.max && clients.connected / clients.max >= NEAR_FULL)
    found.push({
      code: 'clients-near-max',
      severity: 'danger',
      sentence: `${formatPlural(clients.connected, 'connection')} of at most ${formatCount(clients.max)} are open: new workers will be refused.`,
      remedy: 'Raise the limit, or let processes share connections.',
    });
  if (clockSkewMs !== null && Math.abs(clockSkewMs) >= SKEW_MS)
    found.push({
      code: 'clock-skew',
      severity: 'caution',
      sentence: `The broker's clock is ${formatDuration(Math.abs(clockSkewMs))} ${clockSkewMs > 0 ? 'ahead of' : 'behind'} this machine's: times and delays look wrong by that much.`,
      remedy: 'Let both keep time by NTP.',
    });
  if (latencyMs !== null && latencyMs >= SLOW_MS)
    found.push({
      code: 'slow',
      severity: 'caution',
      sentence: `The broker takes ${formatDuration(latencyMs)} to answer.`,
      remedy: 'Look for slow commands (SLOWLOG, pg_stat_activity), a busy machine, or the way there.',
    });
  return found;
}
