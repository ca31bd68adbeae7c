import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_ACTOR } from '@/lib/auth/permissions';
import { openBackend } from '@/lib/backends/registry';
import type { CallOf, OutputOf } from '@/lib/contracts/endpoints';
import { loadEnv, SourceConfig } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startRedis } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { Answer, type Ask, execute, type Verb } from '@/lib/verbs';
import { openRecording, type Recording } from '@/worker/testing/recording';

type Name = 'queue.pause' | 'queue.resume' | 'queue.get' | 'queue.list' | 'queue.why';

describe.each([
  ['Redis', startRedis],
  ['PostgreSQL', startPostgresBroker],
] as const)('who paused a queue, on %s', (_, start) => {
  let recording: Recording;
  let ask: Ask;
  let stopRecorder: () => Promise<void>;
  beforeAll(async () => {
    recording = await openRecording(await start());
    const config = SourceConfig.parse({ name: recording.source, url: recording.server.url });
    const backend = openBackend(config, { role: 'web' });
    recording.onClose(() => backend.close());
    ask = {
      env: loadEnv({}),
      store: recording.store,
      sources: new Map([[config.name, { config, backend }]]),
      actor: LOCAL_ACTOR,
      signal: new AbortController().signal,
      headers: { idempotencyKey: null, lastEventId: null },
    };
    stopRecorder = recording.startRecorder();
    await until(recording.isRecording, 'the recorder');
  });
  afterAll(async () => {
    const { server } = recording;
    await recording.close();
    await server.stop();
  });

  async function call<N extends Name>(name: N, { body, ...raw }: CallOf<N> & { body?: unknown }): Promise<OutputOf<N>> {
    const answer = await execute(VERBS[name] as unknown as Verb<N>, ask, raw, body);
    return (answer instanceof Answer ? answer.body : answer) as OutputOf<N>;
  }
  const of = (queue: string) => ({ source: recording.source, queue });
  const get = (queue: string) => call('queue.get', of(queue));
  const pauseNow = (queue: string, reason?: string) =>
    call('queue.pause', { ...of(queue), body: reason === undefined ? {} : { reason } });
  const notes = () => recording.store.query<{ queue: string }>('SELECT queue FROM queuedeck.pause_note');
  async function makeQueue(name: string) {
    const queue = recording.openQueue(name);
    await queue.add('one', {});
    await until(async () => (await recording.countJobs(name)) === 1, 'its job to be recorded');
    return queue;
  }
  const untilPaused = (queue: string, paused: boolean) =>
    until(async () => (await get(queue)).paused === paused, `paused: ${paused}`);

  it('is told with the time and the reason: of the queue, in the list, and why it does not move', async () => {
    await makeQueue('told');
    expect(await pauseNow('told', '  the mail provider is down ')).toMatchObject({ paused: true, changed: true });
    await untilPaused('told', true);
    const pause = { by: 'local', reason: 'the mail provider is down', at: expect.any(String) };
    expect(await get('told')).toMatchObject({ paused: true, pause });
    const { items } = await call('queue.list', { limit: 50 });
    expect(items.find(({ name }) => name === 'told')).toMatchObject({ pause });
    const why = await call('queue.why', of('told'));
    expect(why.sentence).toMatch(/paused.* by local \(“the mail provider is down”\); 1 waits/);
    await call('queue.resume', of('told'));
    await untilPaused('told', false);
    expect(await get('told')).toMatchObject({ paused: false, pause: null });
    expect((await notes()).filter(({ queue }) => queue === 'told')).toEqual([]);
  });

  it('is not known of a pause by others, nor is it ours where theirs came first', async () => {
    const queue = await makeQueue('others');
    await queue.pause();
    await untilPaused('others', true);
    expect(await get('others')).toMatchObject({ paused: true, pause: null });
    expect((await call('queue.why', of('others'))).sentence).toMatch(/not known by whom/);
    expect(await pauseNow('others', 'ours')).toMatchObject({ paused: true, changed: false });
    expect(await get('others')).toMatchObject({ pause: null });
  });

  it('is forgotten when others resume it, and is not said of the pause after', async () => {
    const queue = await makeQueue('again');
    await pauseNow('again', 'ours');
    await untilPaused('again', true);
    expect((await get('again')).pause?.reason).toBe('ours');
    await queue.resume();
    await queue.pause();
    await until(async () => (await get('again')).pause === null, 'the note to go');
    expect(await get('again')).toMatchObject({ paused: true, pause: null });
  });

  it('stays where it is paused again meanwhile, and where older events are read late', async () => {
    const queue = await makeQueue('twice');
    await pauseNow('twice', 'first');
    await call('queue.resume', of('twice'));
    await pauseNow('twice', 'second');
    await queue.pause();
    await queue.add('two', {});
    await until(async () => (await recording.countJobs('twice')) === 2, 'all of it to be read');
    await untilPaused('twice', true);
    expect((await get('twice')).pause?.reason).toBe('second');
  });

  it('refuses a reason beyond its bound, and asks for none', async () => {
    await makeQueue('bounds');
    await expect(pauseNow('bounds', 'x'.repeat(501))).rejects.toMatchObject({ code: 'validation_failed' });
    expect((await get('bounds')).paused).toBe(false);
    await pauseNow('bounds');
    await untilPaused('bounds', true);
    expect((await get('bounds')).pause).toEqual({ by: 'local', reason: null, at: expect.any(String) });
  });

  it('is not known where nobody has looked for a minute', async () => {
    await makeQueue('blind');
    await pauseNow('blind', 'ours');
    await untilPaused('blind', true);
    const age = (table: string, column: string) =>
      recording.store.query(`UPDATE queuedeck.${table} SET ${column} = now() - interval '5 minutes'`);
    await age('pause_note', 'at');
    expect((await get('blind')).pause).toMatchObject({ reason: 'ours' });
    await stopRecorder();
    await age('recorder', 'seen_until');
    expect(await get('blind')).toMatchObject({ paused: true, pause: null });
  });
});
