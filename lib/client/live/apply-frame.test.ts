import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { startLog } from '@/lib/client/job-log';
import { applyFrame, type SeenQueueList } from '@/lib/client/live/apply-frame';
import type { SeenRow } from '@/lib/client/live/apply-job-frame';
import type { SeenFrame } from '@/lib/client/live/stream';
import { keys } from '@/lib/client/query-keys';
import type { JobList, JobRow } from '@/lib/contracts/jobs';
import type { Queue, QueueAnswer, QueueFigures } from '@/lib/contracts/queues';
import type { SourceList } from '@/lib/contracts/sources';

const AT = '2026-11-22T13:44:10.000Z';
const EARLIER = '2026-11-22T13:44:00.000Z';
const figures = (name: string, waiting: number): QueueFigures => ({
  source: 'a',
  name,
  counts: { waiting, active: 0, delayed: 0, prioritized: 0, 'waiting-children': 0, completed: 0, failed: 0 },
  countsAtLeast: [],
  paused: false,
  oldestWaitingMs: 0,
  workers: 1,
  slots: null,
  busy: null,
  concurrency: null,
  rateLimit: null,
  lastError: null,
  unreadable: null,
  health: 'empty',
  attention: [],
});
const queue = (name: string): Queue => ({ ...figures(name, 1), pause: null, can: ['queue.pause'], cannot: {} });
const row = (id: string, changes: Partial<JobRow> = {}): JobRow => ({
  source: 'a',
  queue: 'q',
  id,
  name: 'n',
  state: 'failed',
  attemptsMade: 1,
  attempts: 3,
  progress: null,
  priority: 0,
  addedAt: EARLIER,
  startedAt: EARLIER,
  finishedAt: EARLIER,
  runAt: null,
  waitMs: 5,
  runMs: 7,
  error: 'boom',
  worker: null,
  ...changes,
});

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  client.setQueryData<SeenQueueList>(keys.queues(), {
    items: [queue('q'), queue('r')],
    nextCursor: null,
    asOf: EARLIER,
  });
});

const counts = (data: Partial<Extract<SeenFrame, { event: 'counts' }>['data']>): SeenFrame => ({
  event: 'counts',
  id: 'e-1',
  data: { at: AT, queues: [], removed: [], sources: [], ...data },
});
const jobFrame = (data: object): SeenFrame =>
  ({ event: 'job', id: 'e-2', data: { source: 'a', queue: 'q', at: AT, ...data } }) as SeenFrame;

describe('counts', () => {
  it('change figures in place, keep what can be done, and say when', () => {
    client.setQueryData<QueueAnswer>(keys.queue('a', 'r'), { ...queue('r'), asOf: EARLIER });
    applyFrame(client, counts({ queues: [figures('r', 9)] }));
    const items = client.getQueryData<SeenQueueList>(keys.queues())?.items ?? [];
    expect(items.map((each) => [each.name, each.counts.waiting, each.can.length, each.at])).toEqual([
      ['q', 1, 1, undefined],
      ['r', 9, 1, AT],
    ]);
    expect(client.getQueryData<QueueAnswer>(keys.queue('a', 'r'))).toMatchObject({
      counts: { waiting: 9 },
      asOf: AT,
      can: ['queue.pause'],
    });
  });
  it('drop what is gone, and ask again for what is new', () => {
    applyFrame(client, counts({ queues: [figures('new', 1)], removed: [{ source: 'a', name: 'q' }] }));
    expect(client.getQueryData<SeenQueueList>(keys.queues())?.items.map((each) => each.name)).toEqual(['r']);
    expect(client.getQueryState(keys.queues())?.isInvalidated).toBe(true);
  });
  it('ask for everything again when a broker comes or goes', () => {
    client.setQueryData(keys.sources(), { items: [{ name: 'a', status: 'up', reason: null }], nextCursor: null });
    applyFrame(client, counts({ sources: [{ name: 'a', status: 'up', reason: null }] }));
    expect(client.getQueryState(keys.sources())?.isInvalidated).toBe(false);
    applyFrame(client, counts({ sources: [{ name: 'a', status: 'down', reason: 'refused' }] }));
    expect(client.getQueryData<SourceList>(keys.sources())?.items[0]).toMatchObject({
      status: 'down',
      reason: 'refused',
    });
    expect(client.getQueryState(keys.queues())?.isInvalidated).toBe(true);
  });
});

describe('job frames', () => {
  const list = keys.jobList('a', 'q', 'failed', null);
  const rows = () => client.getQueryData<{ items: SeenRow[] }>(list)?.items ?? [];
  beforeEach(() =>
    client.setQueryData<JobList>(list, {
      items: [row('1'), row('2'), row('3')],
      nextCursor: null,
      searched: null,
      leftOut: null,
    }),
  );

  it('patch a row where it stands, whatever its state becomes', () => {
    applyFrame(client, jobFrame({ id: '2', type: 'state', state: 'active', name: 'n', error: null }));
    expect(rows().map(({ id, state, error }) => [id, state, error])).toEqual([
      ['1', 'failed', 'boom'],
      ['2', 'active', null],
      ['3', 'failed', 'boom'],
    ]);
    applyFrame(
      client,
      jobFrame({ id: '2', at: '2026-11-22T13:44:12.500Z', type: 'state', state: 'completed', name: 'n', error: null }),
    );
    expect(rows()[1]).toMatchObject({ state: 'completed', runMs: 2500, finishedAt: '2026-11-22T13:44:12.500Z' });
  });
  it('mark a row whose job left, and add none', () => {
    applyFrame(client, jobFrame({ id: '3', type: 'state', state: null, name: null, error: null }));
    applyFrame(client, jobFrame({ id: '4', type: 'state', state: 'failed', name: 'n', error: 'x' }));
    expect(rows().map(({ id, isRemoved }) => [id, isRemoved])).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['3', true],
    ]);
  });
  it('carry progress into the row and log lines into the log, once', () => {
    applyFrame(client, jobFrame({ id: '1', type: 'progress', progress: { done: 1, total: 2 } }));
    expect(rows()[0]?.progress).toEqual({ done: 1, total: 2 });
    client.setQueryData(keys.jobLogs('a', 'q', '1'), startLog({ items: ['l0', 'l1'], nextCursor: null, total: 2 }));
    const lines = jobFrame({ id: '1', type: 'log', lines: ['l1', 'l2'], from: 1, total: 3 });
    applyFrame(client, lines);
    applyFrame(client, lines);
    expect(client.getQueryData(keys.jobLogs('a', 'q', '1'))).toMatchObject({ lines: ['l0', 'l1', 'l2'], total: 3 });
  });
});

it('a reset of a first stream asks again for jobs only; any other for everything', () => {
  client.setQueryData(keys.jobList('a', 'q', 'failed', null), { items: [], nextCursor: null });
  const invalid = (key: readonly unknown[]) => client.getQueryState(key)?.isInvalidated;
  applyFrame(client, { event: 'reset', id: '', data: { at: AT, reason: 'started' } });
  expect([invalid(keys.queues()), invalid(keys.jobList('a', 'q', 'failed', null))]).toEqual([false, true]);
  applyFrame(client, { event: 'reset', id: '', data: { at: AT, reason: 'source-gap' } });
  expect(invalid(keys.queues())).toBe(true);
});
