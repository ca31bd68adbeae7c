import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { asStoreError, isStoreAway } from '@/lib/store/as-store-error';
import { toJsonb } from '@/lib/store/clean-text';
import type { Store } from '@/lib/store/store';
import { storedText } from '@/lib/store/stored-name';

/**
 * `first`: nobody has begun this effect. `uncertain`: an earlier run began it and its end was never recorded (it threw, or
 * its process died): it may have happened. Look before doing it again, or do it in a way that is harmless twice.
 */
export interface EffectRun {
  attempt: 'first' | 'uncertain';
  /** The store transaction that also records the effect as done: what is written through it happens exactly once. */
  readonly transaction: pg.PoolClient;
}

export type Effect<T> = (run: EffectRun) => Promise<T>;

/**
 * `addedAtMs` tells a job from an earlier one that had the same id and was removed; `run` tells the times apart that it was asked
 * for (each retry of it when completed; '' = the first). `owner` names this execution.
 */
export interface EffectKey {
  source: string;
  queue: string;
  job: string;
  addedAtMs: number;
  run: string;
  key: string;
  owner: string;
}

const OF_KEY = 'source = $1 AND queue = $2 AND job = $3 AND added_at_ms = $4 AND run = $5 AND key = $6';
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 2_000;

type Attempted<T> = { kind: 'done'; result: T } | { kind: 'again' };

/**
 * Does `effect` unless this run of the job did it before, and answers the recorded result then (JSON: what JSON cannot hold is lost).
 *
 * State of a ledger row: none → `started` (committed before the effect begins) → `done` (with the result).
 * The row is locked while the effect runs, so that two runs of one job — a stalled one and the run that replaced it —
 * never do it at the same time: the second waits, then finds it done.
 *
 * What holds when the process, the broker or the store dies:
 * - before the effect: it has not happened; the next run does it, as `uncertain`.
 * - between the effect and its mark: the row stays `started` and the next run does it again, as `uncertain`. For what is
 *   outside the store this is at least once; check, or be idempotent (an e-mail keeps its Message-ID). For what is written
 *   through `run.transaction` it is exactly once: effect and mark are one commit.
 * - after the mark: never again.
 * An effect that throws leaves `started` behind and rolls `run.transaction` back.
 *
 * While the store is away it waits and tries again until `signal` aborts (the job's timeout), then throws the signal's reason.
 * A retry of a failed job goes on with its run and finds what it did; a retry of a completed one is another run (effects.ts), and
 * what an earlier run still does, its lock lost, is recorded as its own.
 */
export async function runOnce<T>(store: Store, id: EffectKey, signal: AbortSignal, effect: Effect<T>): Promise<T> {
  const tried = { began: false };
  for (let delayMs = RETRY_MIN_MS; ; delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)) {
    signal.throwIfAborted();
    const inserted = await unlessAway(() => claim(store, id));
    if (inserted !== AWAY) {
      const step = await attempt(store, id, signal, effect, inserted, tried);
      if (step.kind === 'done') return step.result;
    }
    await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Writes the `started` row; false when there was one. The owner is noted so that whoever wrote it first can tell. */
async function claim(store: Store, id: EffectKey): Promise<boolean> {
  const values = [...keyValues(id), id.owner];
  const rows = await store.query(
    `INSERT INTO queuedeck.effect (source, queue, job, added_at_ms, run, key, state, owner)
     VALUES ($1, $2, $3, $4, $5, $6, 'started', $7) ON CONFLICT DO NOTHING RETURNING owner`,
    values,
  );
  if (rows.length > 0) return true;
  await store.query(
    `UPDATE queuedeck.effect SET owner = $7 WHERE ctid IN
       (SELECT ctid FROM queuedeck.effect WHERE ${OF_KEY} AND state = 'started' AND owner <> $7 FOR UPDATE SKIP LOCKED)`,
    values,
  );
  return false;
}

async function attempt<T>(
  store: Store,
  id: EffectKey,
  signal: AbortSignal,
  effect: Effect<T>,
  inserted: boolean,
  tried: { began: boolean },
): Promise<Attempted<T>> {
  let done: { result: T } | null = null;
  let usedTransaction = false;
  try {
    return await store.transaction(async (client): Promise<Attempted<T>> => {
      const row = await lockRow(client, id);
      if (row === null) return { kind: 'again' };
      if (row.state === 'done') return { kind: 'done', result: row.result as T };
      const run: EffectRun = {
        attempt: inserted && !tried.began && row.owner === id.owner ? 'first' : 'uncertain',
        get transaction() {
          usedTransaction = true;
          return client;
        },
      };
      tried.began = true;
      const result = await effect(run).catch((error: unknown) => {
        throw new EffectFailed(error);
      });
      done = { result };
      await markDone((text, values) => client.query(text, values), id, result);
      return { kind: 'done', result };
    });
  } catch (error) {
    if (error instanceof EffectFailed) throw error.reason;
    if (!isAway(error)) throw error;
    // A lost commit of a transaction that carries the effect either happened as a whole or not at all: look again.
    if (done === null || usedTransaction) return { kind: 'again' };
    await markUntilStored(store, id, signal, (done as { result: T }).result);
    return { kind: 'done', result: (done as { result: T }).result };
  }
}

/** Null while another run holds it. */
async function lockRow(client: pg.PoolClient, id: EffectKey) {
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  const { rows } = await client.query<{ state: string; owner: string; result: unknown }>(
    `SELECT state, owner, result FROM queuedeck.effect WHERE ${OF_KEY} FOR UPDATE SKIP LOCKED`,
    keyValues(id),
  );
  return rows[0] ?? null;
}

type Query = (text: string, values: unknown[]) => Promise<unknown>;

async function markDone(query: Query, id: EffectKey, result: unknown): Promise<void> {
  await query(`UPDATE queuedeck.effect SET state = 'done', result = $7, done_at = now() WHERE ${OF_KEY}`, [
    ...keyValues(id),
    toJsonb(result),
  ]);
}

/** The effect happened, only its mark is missing: worth every try that the job's time allows. */
async function markUntilStored(store: Store, id: EffectKey, signal: AbortSignal, result: unknown): Promise<void> {
  for (;;) {
    if ((await unlessAway(() => markDone((text, values) => store.query(text, values), id, result))) !== AWAY) return;
    await sleep(RETRY_MIN_MS * 4, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const AWAY = Symbol('away');

async function unlessAway<T>(run: () => Promise<T>): Promise<T | typeof AWAY> {
  try {
    return await run();
  } catch (error) {
    if (isAway(error)) return AWAY;
    throw error;
  }
}

const isAway = (error: unknown): boolean => isStoreAway(asStoreError(error));

function keyValues(id: EffectKey): unknown[] {
  return [id.source, storedText(id.queue), storedText(id.job), id.addedAtMs, id.run, id.key];
}

/** Carries the effect's own error past the store, which would read a refused SMTP connection as its own. */
class EffectFailed extends Error {
  constructor(readonly reason: unknown) {
    super('The effect threw.');
  }
}
