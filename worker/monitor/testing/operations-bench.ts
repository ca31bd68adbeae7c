import { setTimeout as sleep } from 'node:timers/promises';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { openBackend } from '@/lib/backends/registry';
import type { SourceEntry } from '@/lib/context';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import type { JobOutcome, Operation } from '@/lib/contracts/operations';
import type { VerbName } from '@/lib/contracts/routes';
import { loadEnv, type SourceConfig } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { openStore, type Store } from '@/lib/store/store';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';
import { runOperations } from '../run-operations';

/** The verbs over a real broker and store, and a monitor that can be ended and begun again. */
export interface OperationsBench {
  store: Store;
  ask: Ask;
  entry: SourceEntry;
  call<N extends keyof typeof VERBS & VerbName>(name: N, call: CallOf<N>): Promise<OutputOf<N>>;
  startMonitor(): { stop(): Promise<void> };
  /** Polls until the operation is in one of the states; fails after 90 s. */
  waitFor(id: string, ...states: Operation['state'][]): Promise<Operation>;
  outcomesOf(id: string): Promise<JobOutcome[]>;
  close(): Promise<void>;
}

export function openOperationsBench(source: SourceConfig, databaseUrl: string): OperationsBench {
  const store = openStore(databaseUrl);
  const entry: SourceEntry = { config: source, backend: openBackend(source, { role: 'web' }) };
  const env = loadEnv({});
  const sources = new Map([[source.name, entry]]);
  const signal = new AbortController().signal;
  const ask: Ask = {
    env,
    store,
    sources,
    actor: LOCAL_ACTOR,
    signal,
    headers: { idempotencyKey: null, lastEventId: null },
  };
  const stops: (() => Promise<void>)[] = [];
  const call: OperationsBench['call'] = async (name, given) => {
    const { body, ...raw } = given as Record<string, unknown>;
    const result = await execute(VERBS[name] as unknown as Verb<typeof name>, ask, raw, body);
    return (result instanceof Answer ? result.body : result) as OutputOf<typeof name>;
  };
  const waitFor = async (id: string, ...states: Operation['state'][]) => {
    let seen = '';
    for (const until = Date.now() + 90_000; Date.now() < until; await sleep(50)) {
      const operation = await call('operation.get', { operation: id });
      if (states.includes(operation.state)) return operation;
      seen = JSON.stringify(operation);
    }
    throw new Error(`never ${states.join(' or ')}: ${seen}`);
  };
  return {
    store,
    ask,
    entry,
    call,
    waitFor,
    startMonitor() {
      const stopping = new AbortController();
      const options = { store, sources, binHours: env.binHours, binMaxBytes: env.binMaxBytes, leaseMs: 1_000 };
      const ended = runOperations(options, stopping.signal);
      const stop = async () => {
        stopping.abort();
        await ended;
      };
      stops.push(stop);
      return { stop };
    },
    async outcomesOf(id) {
      const items: JobOutcome[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await call('operation.outcomes', { operation: id, limit: 200, ...(cursor ? { cursor } : {}) });
        items.push(...page.items);
        if (page.nextCursor === null) return items;
        cursor = page.nextCursor;
      }
    },
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await entry.backend.close();
      await store.close();
    },
  };
}
