import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { openBackend } from '@/lib/backends/registry';
import type { SourceEntry } from '@/lib/context';
import { CodedError } from '@/lib/contracts/errors';
import { loadEnv } from '@/lib/env';
import { retryJob } from '@/lib/jobs/retry';
import { type Ask, execute } from '@/lib/verbs';
import { defineTask } from './define-task';
import { startBroker, startTestWorker, type TestBroker, type TestWorker } from './testing/test-worker';

const RACING = 8;
const JOBS = 8;
const ROUNDS = 125;

/** How often each job's effect happened. */
const effects = new Map<string, number>();
let failNext = '';

const sends = defineTask({
  name: 'sends',
  queue: 'mails',
  description: '',
  example: {},
  input: z.looseObject({}),
  retry: { attempts: 1, backoff: { type: 'fixed', delayMs: 1 } },
  timeoutMs: 30_000,
  concurrency: JOBS,
  async run(ctx) {
    const { id } = ctx.job;
    const sent = await ctx.once('sent', async () => {
      effects.set(id, (effects.get(id) ?? 0) + 1);
      return effects.get(id);
    });
    if (failNext === id) throw new Error('after the effect');
    return sent;
  },
});

describe.each(['redis', 'postgres'] as const)('the effects of a job that is retried (%s)', (kind) => {
  let broker: TestBroker;
  let worker: TestWorker;
  let entry: SourceEntry;
  let ask: Ask;
  beforeAll(async () => {
    effects.clear();
    broker = await startBroker(kind);
    worker = await startTestWorker(broker, [sends]);
    entry = { config: broker.source, backend: openBackend(broker.source, { role: 'web' }) };
    ask = {
      env: loadEnv({}),
      store: worker.store,
      sources: new Map([[broker.source.name, entry]]),
      actor: LOCAL_ACTOR,
      signal: new AbortController().signal,
      headers: { idempotencyKey: null, lastEventId: null },
    };
  });
  afterAll(async () => {
    await worker.close();
    await entry.backend.close();
    await broker.stop();
  });

  const retry = async (job: string): Promise<boolean> => {
    try {
      await execute(retryJob, ask, { source: broker.source.name, queue: 'mails', job }, {});
      return true;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'wrong_state') return false;
      throw error;
    }
  };
  const add = async (jobId: string) => {
    await worker.queue('mails').add('sends', {}, { jobId });
    await worker.waitFor('mails', jobId, 'completed');
  };

  it(`happen once for each retry that was taken, with ${RACING} racing over ${JOBS * ROUNDS} rounds`, async () => {
    const race = async (n: number) => {
      const id = `raced-${n}`;
      await add(id);
      let taken = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await Promise.all(Array.from({ length: RACING }, () => retry(id)));
        expect(answers).toContain(true);
        taken += answers.filter(Boolean).length;
        await worker.waitFor('mails', id, 'completed');
      }
      return { id, taken };
    };
    const raced = await Promise.all(Array.from({ length: JOBS }, (_, n) => race(n)));
    for (const { id, taken } of raced) {
      expect({ id, effects: effects.get(id) }).toEqual({ id, effects: 1 + taken });
      // What the last run answered is its own effect's result, not one of before.
      expect((await worker.waitFor('mails', id, 'completed')).returnvalue).toBe(1 + taken);
    }
  });

  it('stay recorded where the broker refuses the retry', async () => {
    await add('refused');
    await worker.queue('mails').pause();
    expect(await retry('refused')).toBe(true);
    // It waits now: refused, and nothing of what the first or the next run records goes.
    expect(await retry('refused')).toBe(false);
    await worker.queue('mails').resume();
    await worker.waitFor('mails', 'refused', 'completed');
    expect(effects.get('refused')).toBe(2);
  });

  it('are those of the run that failed, which a retry goes on with', async () => {
    failNext = 'fails';
    await worker.queue('mails').add('sends', {}, { jobId: 'fails' });
    await worker.waitFor('mails', 'fails', 'failed');
    failNext = '';
    expect(await retry('fails')).toBe(true);
    await worker.waitFor('mails', 'fails', 'completed');
    expect(effects.get('fails')).toBe(1);
    failNext = 'fails';
    expect(await retry('fails')).toBe(true);
    await worker.waitFor('mails', 'fails', 'failed');
    failNext = '';
    expect(await retry('fails')).toBe(true);
    await worker.waitFor('mails', 'fails', 'completed');
    expect(effects.get('fails')).toBe(2);
  });
});
