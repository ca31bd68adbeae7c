import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import type { App } from '@/lib/context';
import type { Job } from '@/lib/contracts/jobs';
import { loadEnv } from '@/lib/env';
import { openStore } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type Ask, execute } from '@/lib/verbs';
import { getJob } from './get';

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('a whole job from %s', (_name, open) => {
  let broker: TestBroker;
  let app: App;
  beforeAll(async () => {
    broker = await open();
    const env = loadEnv({ REDIS_URL: 'redis://127.0.0.1:1' });
    const sources = new Map([['test', { config: broker.config, backend: broker.backend }]]);
    app = { env, store: openStore(await createTestDatabase()), sources };
  });
  afterAll(async () => {
    await broker.close();
    await app.store.close();
  });

  const ask = (signal = new AbortController().signal): Ask => ({
    ...app,
    actor: LOCAL_ACTOR,
    signal,
    headers: { idempotencyKey: null, lastEventId: null },
  });
  const raw = async (id: string, signal?: AbortSignal) => {
    const answer = await execute(getJob, ask(signal), { source: 'test', queue: 'raw', job: id, raw: '1' });
    if (!(answer instanceof Response)) throw new Error('the answer is no stream');
    return answer;
  };
  const add = async (data: unknown) => (await broker.queue('raw').add('x', data)).id ?? '';

  it('is the same as the job, with all of its data, whatever a slice parts', async () => {
    for (const pad of ['', 'a']) {
      const data = { text: pad + '🙂é"\\\n'.repeat(100_000) };
      const id = await add(data);
      const whole = (await (await raw(id)).json()) as Job;
      expect(JSON.parse(whole.data.text)).toEqual(data);
      expect(whole.data).toMatchObject({ sizeBytes: Buffer.byteLength(whole.data.text), truncated: false });
      const shown = (await execute(getJob, ask(), { source: 'test', queue: 'raw', job: id })) as Job;
      const { data: _, ...rest } = shown;
      expect({ ...whole, waitMs: null }).toMatchObject({ ...rest, waitMs: null });
    }
  });

  it('says of what is too large how large it is, and stays readable', async () => {
    const id = await add({ text: 'x'.repeat(17 * 1_048_576) });
    const whole = (await (await raw(id)).json()) as Job;
    expect(whole.data).toMatchObject({ text: '', truncated: true });
    expect(whole.data.sizeBytes).toBeGreaterThan(16_777_216);
    expect(whole.unreadable).toContain('too large to be read');
  });

  it('is given to two at once of one caller; who leaves makes room', async () => {
    const id = await add({ text: 'y'.repeat(600_000) });
    for (let i = 0; i < 10; i += 1) {
      const response = await raw(id);
      await response.body?.cancel();
    }
    const leaving = new AbortController();
    const held = [await raw(id, leaving.signal), await raw(id)];
    const third = raw(id);
    leaving.abort();
    expect(((await (await third).json()) as Job).data.text.length).toBeGreaterThan(600_000);
    for (const one of held) await one.body?.cancel();
  });
});
