import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import type { CodedError } from '@/lib/contracts/errors';
import type { CountsFrame, JobFrame, ResetFrame } from '@/lib/contracts/live';
import { CountsFrame as CountsSchema, JobFrame as JobSchema, WorkerFrame } from '@/lib/contracts/live';
import { SourceConfig } from '@/lib/env';
import { LiveHub } from '@/lib/live/hub';
import { StreamCount } from '@/lib/live/stream-count';
import { parseTopics } from '@/lib/live/topics';
import { FrameReader, type SeenEvent } from '@/lib/testing/frame-reader';
import { startRedis, type TestServer } from '@/lib/testing/servers';

const isState = (id: string, state: string) => (event: SeenEvent) =>
  event.event === 'job' && event.data.includes(`"id":"${id}"`) && event.data.includes(`"state":"${state}"`);
const hasFailed = (count: number) => (event: SeenEvent) =>
  event.event === 'counts' && event.data.includes(`"failed":${count}`);

describe('LiveHub on Redis', () => {
  let redis: TestServer;
  let backend: QueueBackend;
  let hub: LiveHub;
  let queue: Queue;
  let probe: Redis;
  const readers: FrameReader[] = [];
  const workers: Worker[] = [];
  const connection = () => ({ host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null });

  const open = (topics: string, lastEventId: string | null = null) => {
    const gone = new AbortController();
    const stream = hub.open(parseTopics(topics.split(',')), lastEventId, gone.signal);
    const reader = new FrameReader(stream.body);
    readers.push(reader);
    return { reader, leave: () => gone.abort() };
  };
  const work = (run: (job: Job) => Promise<unknown>) => {
    const worker = new Worker('emails', run, { connection: connection() });
    worker.on('error', () => undefined);
    workers.push(worker);
    return worker.waitUntilReady();
  };
  const countCommands = async () => {
    const info = await probe.info('commandstats');
    return [...info.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  };

  beforeAll(async () => {
    redis = await startRedis();
    probe = new Redis(redis.port);
    probe.on('error', () => undefined);
    queue = new Queue('emails', { connection: connection() });
    queue.on('error', () => undefined);
    await queue.add('seed', {}, { jobId: 'seed-1', delay: 3_600_000 });
    backend = openBackend(SourceConfig.parse({ name: 'main', url: redis.url }), { role: 'web' });
    hub = new LiveHub(new Map([['main', { backend }]]), async () => ({ operations: [], next: '' }));
  });
  afterEach(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
  });
  afterAll(async () => {
    hub.closeAll();
    await queue.close();
    await backend.close();
    probe.disconnect();
    await redis.stop();
  });

  it('gives all figures at once, then only what changes', async () => {
    const { reader } = open('overview');
    const first = await reader.until((event) => event.event === 'counts', 2_000);
    const frame = CountsSchema.parse(JSON.parse(first.data));
    expect(frame.sources).toEqual([{ name: 'main', status: 'up', reason: null }]);
    expect(frame.queues.find(({ name }) => name === 'emails')?.counts.delayed).toBe(1);
    await sleep(300);
    await queue.add('later', {}, { jobId: 'later-1', delay: 3_600_000 });
    const next = await reader.until((event) => event.data.includes('"delayed":2'), 2_000);
    expect(next.id).not.toBe('');
    expect(reader.events.filter(({ event }) => event === 'reset')).toEqual([]);
  });

  // On a busy machine the two changes of the job may fall into two reads, a second apart: tried again then, with the same bounds.
  it('shows a failure within a quarter of a second after a quiet while', { retry: 3 }, async () => {
    const { reader } = open('overview,queue:main/emails');
    await reader.until((event) => event.event === 'reset');
    await work(async () => {
      throw new Error('550 no such user');
    });
    await sleep(2_500);
    const addedAt = Date.now();
    await queue.add('fails', {}, { jobId: 'fails-1' });
    const state = await reader.until(isState('fails-1', 'failed'));
    const counts = await reader.until(hasFailed(1));
    await queue.remove('fails-1');
    await reader.until(hasFailed(0));
    expect(JobSchema.parse(JSON.parse(state.data))).toMatchObject({ type: 'state', error: '550 no such user' });
    expect(state.atMs - addedAt).toBeLessThan(400);
    expect(counts.atMs - addedAt).toBeLessThan(500);
  });

  it('tells states, progress and log lines of a job, none of the lines lost', async () => {
    const { reader } = open('job:main/emails/talks-1');
    await reader.until((event) => event.event === 'reset');
    await work(async (job) => {
      for (let i = 0; i < 100; i += 1) {
        await job.log(`line ${i}`);
        await job.updateProgress({ done: i + 1, total: 100 });
        await sleep(5);
      }
    });
    await queue.add('talks', {}, { jobId: 'talks-1' });
    await reader.until(isState('talks-1', 'completed'));
    await reader.until((event) => event.data.includes('"line 99"'));
    const frames = reader.dataOf<JobFrame>('job');
    const lines: string[] = [];
    for (const frame of frames) if (frame.type === 'log') lines.splice(frame.from, frame.lines.length, ...frame.lines);
    expect(lines).toEqual(Array.from({ length: 100 }, (_, i) => `line ${i}`));
    const progress = frames.filter((frame) => frame.type === 'progress');
    expect(progress.length).toBeLessThan(25);
    expect(progress.at(-1)).toMatchObject({ progress: { done: 100, total: 100 } });
    const flushes = new Set(reader.events.map(({ atMs }) => Math.floor(atMs / 20)));
    expect(flushes.size).toBeLessThan(40);
  });

  it('resumes by id without a gap, and says reset for an id of another life', async () => {
    const one = open('queue:main/emails');
    await one.reader.until((event) => event.event === 'reset');
    await work(async () => 'done');
    await queue.add('a', {}, { jobId: 'resume-a' });
    const seen = await one.reader.until(isState('resume-a', 'completed'));
    one.leave();
    await queue.add('b', {}, { jobId: 'resume-b' });
    await sleep(500);
    const two = open('queue:main/emails', seen.id);
    await two.reader.until(isState('resume-b', 'completed'));
    expect(two.reader.events.some(({ data }) => data.includes('"id":"resume-a"'))).toBe(false);
    expect(two.reader.dataOf<ResetFrame>('reset')).toEqual([]);
    const states = two.reader.dataOf<JobFrame>('job').map((frame) => (frame.type === 'state' ? frame.state : null));
    expect(states).toContain('waiting');
    const three = open('queue:main/emails', 'other-12');
    const reset = await three.reader.until((event) => event.event === 'reset');
    expect(JSON.parse(reset.data)).toMatchObject({ reason: 'resume-too-old' });
  });

  it('takes up another topic at the same id: what happened there since is told', async () => {
    const one = open('overview');
    const seen = await one.reader.until((event) => event.event === 'counts');
    await work(async () => 'done');
    await sleep(200);
    await queue.add('c', {}, { jobId: 'resume-c' });
    await sleep(500);
    one.leave();
    const two = open('overview,queue:main/emails', seen.id);
    await two.reader.until(isState('resume-c', 'completed'));
    expect(two.reader.dataOf('reset')).toEqual([]);
  });

  it('reads nothing when nobody watches, and as much for fifty as for one', async () => {
    await sleep(6_000);
    const idleFrom = await countCommands();
    await sleep(3_000);
    expect((await countCommands()) - idleFrom).toBeLessThan(40);

    const measure = async (streams: number) => {
      const opened = Array.from({ length: streams }, () => open('overview,queue:main/emails'));
      await Promise.all(opened.map(({ reader }) => reader.until((event) => event.event === 'counts')));
      const from = await countCommands();
      const until = Date.now() + 3_000;
      while (Date.now() < until) {
        await queue.add('tick', {}, { removeOnComplete: true, delay: 3_600_000 });
        await sleep(50);
      }
      const used = (await countCommands()) - from;
      for (const { leave } of opened) leave();
      return used;
    };
    const one = await measure(1);
    const fifty = await measure(50);
    expect(fifty).toBeLessThan(one * 1.3);
  });

  it('gives the same bytes to all, and a slow reader no buffer', async () => {
    const gone = new AbortController();
    const stalled = hub.open(parseTopics(['queue:main/emails']), null, gone.signal);
    await sleep(400);
    await queue.addBulk(
      Array.from({ length: 9_000 }, (_, i) => ({ name: 'bulk', data: {}, opts: { jobId: `bulk-${i}` } })),
    );
    const watching = open('queue:main/emails');
    await watching.reader.until(({ data }) => data.includes('"waiting":9000'), 8_000);
    await sleep(1_500);
    const late = new FrameReader(stalled.body);
    const reset = await late.until((event) => event.event === 'reset' && event.data.includes('too-slow'), 3_000);
    const counts = await late.until(
      (event) => event.event === 'counts' && event.data.includes('"waiting":9000'),
      3_000,
    );
    expect(reset.id).not.toBe('');
    expect(JSON.parse(counts.data) as CountsFrame).toMatchObject({ removed: [] });
    expect(late.events.length).toBeLessThan(6_000);
    gone.abort();
    await late.close();
    await queue.drain();
  });

  it('tells workers when they change', async () => {
    const { reader } = open('overview');
    await reader.until((event) => event.event === 'counts');
    await work(async () => 'done');
    const frame = await reader.until((event) => event.event === 'worker' && event.data.includes('emails'), 6_000);
    expect(WorkerFrame.parse(JSON.parse(frame.data)).workers).toHaveLength(1);
  });

  it('refuses a source that there is not', () => {
    expect(() => open('queue:nowhere/emails')).toThrow('No source is called "nowhere"');
  });

  it('says that the broker is away, keeps the figures, and says when it is back', async () => {
    const { reader } = open('overview,queue:main/emails');
    await reader.until((event) => event.event === 'reset');
    await redis.kill();
    const away = await reader.until(
      (event) => event.event === 'counts' && event.data.includes('"status":"down"'),
      8_000,
    );
    expect((JSON.parse(away.data) as CountsFrame).removed).toEqual([]);
    await redis.restart();
    await reader.until(
      (event) => event.event === 'counts' && event.atMs > away.atMs && event.data.includes('"status":"up"'),
      8_000,
    );
    await reader.until((event) => event.event === 'reset' && event.data.includes('source-gap'), 8_000);
  });

  it('ends every stream at closeAll, and lets none begin', async () => {
    const { reader } = open('overview');
    const stuck = hub.open(parseTopics(['overview']), null, new AbortController().signal);
    await reader.until((event) => event.event === 'counts');
    hub.closeAll();
    await reader.untilEnded(500);
    expect(stuck.ended.aborted).toBe(true);
    expect(hub.streams.open).toBe(0);
    expect(() => open('overview')).toThrow('This process is stopping.');
  });

  it('refuses the streams of one caller beyond its share, and lets the others open theirs', async () => {
    const own = new LiveHub(
      new Map([['main', { backend }]]),
      async () => ({ operations: [], next: '' }),
      new StreamCount({ all: 4, perCaller: 2 }),
    );
    const leaving = new AbortController();
    const take = (caller: string, signal = leaving.signal) => {
      try {
        own.open(parseTopics(['overview']), null, signal, caller);
        return 'open';
      } catch (error) {
        return (error as CodedError).code;
      }
    };
    const gone = new AbortController();
    expect([take('a', gone.signal), take('a'), take('a')]).toEqual(['open', 'open', 'too_many_requests']);
    expect([take('b'), take('b'), take('c')]).toEqual(['open', 'open', 'busy']);
    gone.abort();
    expect([take('b'), take('a'), take('a')]).toEqual(['too_many_requests', 'open', 'too_many_requests']);
    leaving.abort();
    expect(own.streams.open).toBe(0);
    own.closeAll();
  });
});
