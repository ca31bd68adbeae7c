import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type APIRequestContext, expect, test } from '@playwright/test';
import { OWN_SOURCE, startOwnStack } from '@/e2e/support/own-stack';
import { startWeb } from '@/e2e/support/start-web';
import { CountsFrame, JobFrame, ResetFrame } from '@/lib/contracts/live';
import { startGuard } from '@/lib/embedded/guard';
import { FrameReader, type SeenEvent } from '@/lib/testing/frame-reader';
import { API, addJob, expectInvalid, expectProblem, firstSource, newQueueName, queueUrl } from './support/api';

const topicOf = (...parts: string[]) => parts.map(encodeURIComponent).join('/');
const isState = (id: string, state: string) => (event: SeenEvent) =>
  event.event === 'job' && event.data.includes(`"id":"${id}"`) && event.data.includes(`"state":"${state}"`);

let origin: string;
let source: string;
const readers: FrameReader[] = [];
let idle: FrameReader;
let idleSince: number;

/** Streams are read by fetch: the request fixture waits for an answer's end. */
async function open(topics: string, headers: Record<string, string> = {}, more = ''): Promise<FrameReader> {
  const response = await fetch(`${origin}${API}/live?topics=${encodeURIComponent(topics)}${more}`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('cache-control')).toContain('no-transform');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('content-encoding')).toBeNull();
  const reader = new FrameReader(response.body as ReadableStream<Uint8Array>);
  readers.push(reader);
  return reader;
}

const addDelayed = (request: APIRequestContext, queue: string, id: string) =>
  addJob(request, queueUrl(source, queue), { name: 'later', options: { id, delayMs: 3_600_000 } });

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ playwright, baseURL }) => {
  origin = baseURL ?? '';
  const request = await playwright.request.newContext({ baseURL });
  source = await firstSource(request);
  await request.dispose();
  idle = await open(`job:${topicOf(source, newQueueName('idle'), 'none')}`);
  idleSince = Date.now();
});
test.afterAll(async () => {
  for (const reader of readers) await reader.close();
});

test('gives the figures at once, and what changes afterwards', async ({ request }) => {
  const queue = newQueueName('live');
  const reader = await open(`overview,queue:${topicOf(source, queue)}`);
  const first = await reader.until(({ event }) => event === 'counts', 2_000);
  expect(CountsFrame.parse(JSON.parse(first.data)).sources[0]).toMatchObject({ name: source, status: 'up' });
  await reader.until(({ event }) => event === 'reset', 4_000);
  await addDelayed(request, queue, 'live-1');
  const state = await reader.until(isState('live-1', 'delayed'), 8_000);
  expect(JobFrame.parse(JSON.parse(state.data))).toMatchObject({ source, queue, id: 'live-1', type: 'state' });
  const counts = await reader.until(({ data }) => data.includes(`"name":"${queue}"`) && data.includes('"delayed":1'));
  expect(counts.event).toBe('counts');
  for (const { id } of reader.events) expect(id).toMatch(/^[0-9a-f]+-\d+$/);
  await request.delete(`${queueUrl(source, queue)}/jobs/live-1`);
  const gone = await reader.until(({ event, data }) => event === 'job' && data.includes('"state":null'), 8_000);
  expect(JSON.parse(gone.data)).toMatchObject({ id: 'live-1' });
});

test('names may hold any character', async ({ request }) => {
  const queue = newQueueName('a/b:c%20d,é<b>');
  await addDelayed(request, queue, 'first');
  const reader = await open(`queue:${topicOf(source, queue)}`);
  await reader.until(({ event }) => event === 'reset', 4_000);
  await addDelayed(request, queue, 'odd "1" <i>');
  const state = await reader.until(({ data }) => data.includes('odd'), 8_000);
  expect(JSON.parse(state.data)).toMatchObject({ queue, id: 'odd "1" <i>' });
});

test('resumes by Last-Event-ID, as a header and as a parameter, and says reset where it cannot', async ({
  request,
}) => {
  const queue = newQueueName('resume');
  const topic = `queue:${topicOf(source, queue)}`;
  await addDelayed(request, queue, 'r-1');
  const first = await open(topic);
  await first.until(({ event }) => event === 'reset', 4_000);
  await addDelayed(request, queue, 'r-2');
  const seen = await first.until(isState('r-2', 'delayed'), 8_000);
  await first.close();
  await addDelayed(request, queue, 'r-3');
  for (const reader of [
    await open(topic, { 'last-event-id': seen.id }),
    await open(topic, {}, `&lastEventId=${seen.id}`),
  ]) {
    await reader.until(isState('r-3', 'delayed'));
    expect(reader.events.some(isState('r-2', 'delayed'))).toBe(false);
    expect(reader.dataOf('reset')).toEqual([]);
  }
  const other = await open(topic, { 'last-event-id': 'someoneelses-17' });
  const reset = await other.until(({ event }) => event === 'reset', 4_000);
  expect(ResetFrame.parse(JSON.parse(reset.data)).reason).toBe('resume-too-old');
});

test('refuses what is no topic, more than fifty, and a source that there is not', async ({ request }) => {
  await expectInvalid(await request.get(`${API}/live`), 'topics');
  for (const topics of ['', 'all', 'queue:a', 'job:a/b'])
    await expectProblem(await request.get(`${API}/live?topics=${topics}`), 'validation_failed');
  await expectProblem(await request.get(`${API}/live?topics=queue:a/%25E0%25A4`), 'validation_failed');
  const many = Array.from({ length: 51 }, (_, i) => `queue:${source}/${i}`).join(',');
  await expectProblem(await request.get(`${API}/live?topics=${many}`), 'validation_failed');
  await expectProblem(await request.get(`${API}/live?topics=queue:nowhere/emails`), 'source_not_found');
  await expectProblem(await request.post(`${API}/live?topics=overview`), 'method_not_allowed');
});

test('a stream on which nothing happens is kept awake', async () => {
  test.setTimeout(30_000);
  const before = idle.comments;
  await sleep(Math.max(0, idleSince + 15_500 - Date.now()));
  expect(before).toBeGreaterThanOrEqual(1);
  expect(idle.comments).toBeGreaterThan(1);
  expect(idle.isEnded).toBe(false);
});

test('SIGTERM ends the process within a second, with a hundred streams open and readers that stall', async () => {
  const stack = await startOwnStack();
  const home = mkdtempSync(path.join(tmpdir(), 'queuedeck-live-'));
  const guard = startGuard(1_000);
  const sources = [{ name: OWN_SOURCE, url: stack.redis.url }];
  try {
    const web = await startWeb({ sources, databaseUrl: stack.postgres.url, home, guard });
    const sockets = Array.from({ length: 100 }, (_, i) => {
      const socket = connect(web.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(`GET ${API}/live?topics=overview HTTP/1.1\r\nhost: 127.0.0.1:${web.port}\r\n\r\n`);
      return i < 5 ? socket.pause() : socket.resume();
    });
    await expect.poll(() => sockets.filter(({ bytesRead }) => bytesRead > 0).length).toBeGreaterThanOrEqual(95);
    expect(await web.stop()).toBeLessThan(1_000);
    for (const socket of sockets) socket.destroy();
  } finally {
    await stack.stop();
    guard.close();
    rmSync(home, { recursive: true, force: true });
  }
});
