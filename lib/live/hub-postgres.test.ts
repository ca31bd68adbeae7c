import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import { openBackend } from '@/lib/backends/registry';
import type { ResetFrame } from '@/lib/contracts/live';
import { SourceConfig } from '@/lib/env';
import { LiveHub } from '@/lib/live/hub';
import { parseTopics } from '@/lib/live/topics';
import { FrameReader, type SeenEvent } from '@/lib/testing/frame-reader';
import { startPostgres, type TestPostgres } from '@/lib/testing/servers';

const OPTIONS = { delayMs: 3_600_000 };
const isState = (id: string, state: string) => (event: SeenEvent) =>
  event.event === 'job' && event.data.includes(`"id":"${id}"`) && event.data.includes(`"state":"${state}"`);

describe('LiveHub on PostgreSQL', () => {
  let postgres: TestPostgres;
  let backend: QueueBackend;
  let hub: LiveHub;
  const gone = new AbortController();
  const open = (topics: string, lastEventId: string | null = null) =>
    new FrameReader(hub.open(parseTopics(topics.split(',')), lastEventId, gone.signal).body);
  const add = (id: string) => backend.addJobs('emails', [{ name: 'later', data: {}, options: { ...OPTIONS, id } }]);

  beforeAll(async () => {
    postgres = await startPostgres();
    backend = openBackend(SourceConfig.parse({ name: 'main', url: postgres.url, embedded: true }), { role: 'web' });
    await backend.facts();
    await add('first');
    hub = new LiveHub(new Map([['main', { backend }]]), async () => ({ operations: [], next: '' }));
  });
  afterAll(async () => {
    gone.abort();
    hub.closeAll();
    await backend.close();
    await postgres.stop();
  });

  it('gives the figures, tells what changes, and resumes', async () => {
    const reader = open('overview,queue:main/emails');
    await reader.until(({ event, data }) => event === 'counts' && data.includes('"delayed":1'), 4_000);
    await reader.until(({ event }) => event === 'reset', 4_000);
    await add('second');
    const seen = await reader.until(isState('second', 'delayed'));
    await reader.until(({ event, data }) => event === 'counts' && data.includes('"delayed":2'));
    await add('third');
    const again = open('overview,queue:main/emails', seen.id);
    await again.until(isState('third', 'delayed'));
    expect(again.events.some(isState('second', 'delayed'))).toBe(false);
    expect(again.dataOf<ResetFrame>('reset')).toEqual([]);
  });

  it('says that the broker is away and when it is back', async () => {
    const reader = open('overview,queue:main/emails');
    await reader.until(({ event }) => event === 'reset', 4_000);
    await postgres.kill();
    await reader.until(({ event, data }) => event === 'counts' && data.includes('"status":"down"'), 12_000);
    await postgres.restart();
    await reader.until(({ event, data }) => event === 'reset' && data.includes('source-gap'), 15_000);
    await reader.until(
      ({ event, data, atMs }) => event === 'counts' && atMs > Date.now() - 1_000 && data.includes('"status":"up"'),
      15_000,
    );
  });
});
