import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '@/lib/backends/registry';
import { SourceConfig } from '@/lib/env';
import { startPostgresBroker } from '@/lib/testing/brokers';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { openRecording, type Recording } from '../testing/recording';

/** Each test runs on the broker of its group. */
let open: () => Promise<TestServer> = startRedis;
let test: Recording;

beforeEach(async () => {
  test = await openRecording(await open());
});
afterEach(async () => {
  await test.close();
  await test.server.stop();
});

describe.each([
  ['Redis', startRedis],
  ['PostgreSQL', startPostgresBroker],
])('recording BullMQ on %s', (_name, start) => {
  beforeAll(() => {
    open = start;
  });

  it('keeps what ran, with times, worker, data and result, also when the broker forgot it', async () => {
    test.startRecorder();
    await until(test.isRecording);
    const queue = test.openQueue('emails');
    await queue.addBulk(
      Array.from({ length: 20 }, (_, n) => ({ name: 'welcome', data: { n }, opts: { removeOnComplete: true } })),
    );
    await until(async () => (await test.jobs('emails')).length === 20);
    test.openWorker('emails', async (n) => ({ sent: n }));
    await until(async () => (await test.figures('emails')).completed === 20);
    expect(await test.figures('emails')).toMatchObject({ added: 20, started: 20, completed: 20, failed: 0 });
    const [first] = await test.jobs('emails');
    expect(first).toMatchObject({ id: '1', kind: 'welcome', state: 5 });
    expect([first?.data, first?.result].map((text) => JSON.parse(String(text)))).toEqual([{ n: 0 }, { sent: 0 }]);
    expect(first?.started_at).toBeInstanceOf(Date);
  });

  it('counts attempts, groups failures by cause, and follows a retry by hand', async () => {
    test.startRecorder();
    await until(test.isRecording);
    const queue = test.openQueue('hooks');
    let broken = true;
    test.openWorker('hooks', async (n) => {
      if (broken) throw new Error(`Request ${n} to https://host-${n}.example/x timed out after ${n * 10} ms`);
      return n;
    });
    await queue.addBulk(
      Array.from({ length: 10 }, (_, n) => ({ name: 'deliver', data: { n }, opts: { attempts: 2, backoff: 50 } })),
    );
    await until(async () => (await test.figures('hooks')).failed === 10);
    expect(await test.figures('hooks')).toMatchObject({ added: 10, started: 20, failed_attempts: 20, failed: 10 });
    const groups = await test.store.query('SELECT title, total::int FROM queuedeck.failure_group');
    expect(groups).toEqual([{ title: 'Request <n> to <url> timed out after <n> ms', total: 20 }]);
    const [first] = await test.jobs('hooks');
    expect(first).toMatchObject({ state: 6, worker: 'host-1:42', attempts_made: 2, title: groups[0]?.title });
    expect(JSON.parse(String(first?.detail)).attempts).toHaveLength(2);
    broken = false;
    await queue.retryJobs({ state: 'failed' });
    await until(async () => (await test.figures('hooks')).completed === 10);
    expect(await test.figures('hooks')).toMatchObject({
      added: 10,
      retried: 10,
      completed: 10,
      failed: 10,
      started: 30,
    });
    expect((await test.jobs('hooks')).map(({ state, error }) => [state, error])).toEqual(Array(10).fill([5, null]));
  });

  it('counts the attempts of what it meets while it starts as the broker does', async () => {
    const queue = test.openQueue('met');
    const jobs = Array.from({ length: 600 }, (_, n) => ({
      ...{ name: 'a', data: { n } },
      opts: { attempts: 3, ...(n % 2 === 0 ? { backoff: 20 } : {}), removeOnComplete: n % 6 === 3 },
    }));
    await queue.addBulk(jobs);
    const failures = new Map<number, number>();
    const fail = (n: number) => {
      const failed = failures.get(n) ?? 0;
      if (failed >= n % 3) return;
      failures.set(n, failed + 1);
      throw new Error('not yet');
    };
    // What it reads of the broker to compare comes late, so that events are the first that it hears of each job.
    test.startRecorder(undefined, ({ recording }) => {
      const sweepFields = recording?.sweepFields.bind(recording);
      if (!recording || !sweepFields) return;
      recording.sweepFields = async (...given) => {
        await until(() => late);
        return sweepFields(...given);
      };
    });
    let late = false;
    await until(test.isRecording);
    test.openWorker('met', async (n) => fail(n), { concurrency: 10 });
    await until(async () => (await test.figures('met')).completed === 600);
    late = true;
    const expected = Array.from({ length: 600 }, (_, n) => ({ attempts_made: 1 + (n % 3), state: 5 }));
    const recorded = (await test.jobs('met')).sort((a, b) => Number(a.id) - Number(b.id));
    expect(recorded.map(({ attempts_made, state }) => ({ attempts_made, state }))).toEqual(expected);
    const figures = await test.figures('met');
    expect(figures).toMatchObject({ added: 600, started: 1_200, failed: 0 });
    // Of the one or other that ends between its event's reading and its own, the broker does not say which end was told.
    expect(figures.failed_attempts).toBeLessThanOrEqual(600);
    expect(figures.failed_attempts).toBeGreaterThanOrEqual(590);
  });

  it('goes on with the groups that earlier rules have named, and folds a storm of names into one', async () => {
    const storms = 60;
    await test.store.query(
      `INSERT INTO queuedeck.failure_group (source, fingerprint, title, message, scope_id, total, first_at, last_at, state, note, muted_above)
       VALUES ($1, '\\x0102', 'no stock for k3f9za', 'no stock for k3f9za', 1, 7, now(), now(), 'muted', 'TICKET-7', 1000)`,
      [test.source],
    );
    test.startRecorder();
    await until(test.isRecording);
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    test.openWorker('hooks', async (n) => {
      const word = `${letters[n % 26]}${letters[Math.floor(n / 26)]}el`;
      const message = n >= storms ? `no stock for ${n}x${n}y` : `could not deliver parcels ${word}`;
      // Without a frame, as the old group is.
      throw Object.assign(new Error(message), { stack: `Error: ${message}` });
    });
    await test
      .openQueue('hooks')
      .addBulk(Array.from({ length: storms + 2 }, (_, n) => ({ name: 'deliver', data: { n } })));
    await until(async () => (await test.figures('hooks')).failed === storms + 2);
    const groups = await test.store.query<{ title: string; total: number; state: string; note: string | null }>(
      'SELECT title, total::int, state, note, is_folded FROM queuedeck.failure_group ORDER BY id',
    );
    expect(groups.filter(({ title }) => title.startsWith('no stock'))).toMatchObject([
      { title: 'no stock for <id>', total: 9, state: 'muted', note: 'TICKET-7' },
    ]);
    const storm = groups.filter(({ title }) => title.startsWith('could not'));
    expect(storm).toHaveLength(21);
    expect(storm.find(({ title }) => title.endsWith('…'))).toMatchObject({
      title: 'could not deliver …',
      total: storms - 20,
    });
  });

  it('reads what was there before it began, once', async () => {
    const queue = test.openQueue('old');
    test.openWorker('old', async (n) => {
      if (n % 10 === 0) throw new Error('no');
    });
    await queue.addBulk(Array.from({ length: 300 }, (_, n) => ({ name: 'a', data: { n } })));
    await until(async () => (await queue.getJobCountByTypes('completed', 'failed')) === 300);
    await queue.addBulk(Array.from({ length: 50 }, (_, n) => ({ name: 'b', data: { n }, opts: { delay: 3_600_000 } })));
    const stop = test.startRecorder();
    await until(async () => (await test.jobs('old')).length === 350);
    expect(await test.figures('old')).toMatchObject({ added: 350, completed: 270, failed: 30, failed_attempts: 30 });
    await stop();
    test.startRecorder(100);
    await sleep(3_000);
    expect(await test.figures('old')).toMatchObject({ added: 350, completed: 270, failed: 30, failed_attempts: 30 });
    expect((await test.jobs('old')).filter(({ state }) => state === 2)).toHaveLength(50);
  });
});

describe('recording', () => {
  beforeAll(() => {
    open = startRedis;
  });

  it('goes on where it was, whoever records, and is exact over a gap as far as the broker counts', async () => {
    const stop = test.startRecorder();
    await until(test.isRecording);
    const queue = test.openQueue('gap');
    const options = { removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };
    test.openWorker(
      'gap',
      async (n) => {
        if (n % 5 === 0) throw new Error('no');
      },
      { ...options, metrics: { maxDataPoints: 100 } },
    );
    const batch = () => queue.addBulk(Array.from({ length: 500 }, (_, n) => ({ name: 'a', data: { n } })));
    await batch();
    await until(async () => (await test.figures('gap')).added === 500);
    await stop();
    await batch();
    await until(async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0);
    await queue.trimEvents(10);
    test.startRecorder();
    await batch();
    await until(async () => (await test.store.query('SELECT 1 FROM queuedeck.recording_gap')).length > 0);
    await until(async () => (await queue.getJobCountByTypes('waiting', 'active')) === 0);
    await until(async () => (await test.figures('gap')).completed === 1_200);
    await sleep(1_500);
    expect(await test.figures('gap')).toMatchObject({ added: 1_500, completed: 1_200, failed: 300 });
  });

  it('is not stopped by what the store cannot hold', async () => {
    test.startRecorder();
    await until(test.isRecording);
    const nul = String.fromCharCode(0);
    const queue = test.openQueue('hostile');
    await queue.addBulk([
      { name: `a${nul}b`, data: { text: nul }, opts: { jobId: `id${nul}1` } },
      { name: 'plain', data: {} },
    ]);
    test.openWorker(
      'hostile',
      async () => {
        throw new Error(`no ${nul} luck`);
      },
      { name: `w${nul}` },
    );
    await until(async () => (await test.figures('hostile')).failed === 2);
    expect((await test.jobs('hostile')).map(({ kind, state }) => [kind, state])).toEqual([
      ['a\ufffdb', 6],
      ['plain', 6],
    ]);
  });

  it('is taken over when its process is gone without a word', async () => {
    const backend = openBackend(SourceConfig.parse({ name: test.source, url: test.server.url }), { role: 'web' });
    test.onClose(() => backend.close());
    await test.store.query(
      `INSERT INTO queuedeck.recorder (source, owner, lease_until, epoch) VALUES ('${test.source}', 'dead', now() + interval '3 s', 7)`,
    );
    test.startRecorder();
    await until(test.isRecording);
    const [row] = await test.store.query<{ epoch: string }>('SELECT epoch FROM queuedeck.recorder');
    expect(row?.epoch).toBe('8');
  });
});
