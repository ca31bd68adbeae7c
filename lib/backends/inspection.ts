import type { SampledSizes } from '@/lib/contracts/source-detail';

/** What a broker's own settings and a sample of its jobs tell. `null` = cannot know (the server does not let it be asked). */
export interface SourceInspection {
  at: number;
  /** The broker's clock against ours; positive = it is ahead. Within half a round trip. */
  clockSkewMs: number | null;
  /** When the server process began, by our clock, epoch ms; null = it does not tell. */
  startedAt: number | null;
  clients: { connected: number; max: number | null } | null;
  redis: RedisInspection | null;
  postgres: PostgresInspection | null;
  sizes: SampledSizes | null;
}

export interface RedisInspection {
  evictionPolicy: string | null;
  appendOnly: boolean | null;
  /** Whether it writes snapshots by itself. */
  snapshots: boolean | null;
  lastSaveAt: number | null;
  /** Of the last snapshot and the append-only file. */
  writesFail: boolean;
  /** Of keys taken at random, those that carry neither the prefix nor our own. */
  foreign: { sampled: number; foreign: number; example: string | null } | null;
  /** What BullMQ 5 and older left behind. */
  legacy: { queue: string; kind: 'repeatables' | 'paused-list'; count: number }[];
}

export interface PostgresInspection {
  databaseBytes: number;
  jobBytes: number;
  eventBytes: number;
  tables: { name: string; live: number; dead: number }[];
  fsync: boolean;
  synchronousCommit: boolean;
  autovacuum: boolean;
}
