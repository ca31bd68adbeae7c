import { expect, it } from 'vitest';
import { CodedError } from '@/lib/contracts/errors';
import { until } from '@/lib/testing/until';
import { type Bench, job } from './broker';
import { listen } from './tail';

/** Every call is refused in time, with a code and when to come back, and says nothing of addresses. */
async function expectAllRefused({ backend }: Bench): Promise<void> {
  const order = { by: 'tester', reason: null, at: Date.now() };
  const calls: [string, () => Promise<unknown> | undefined][] = [
    ['snapshot', () => backend.snapshot()],
    ['listJobs', () => backend.listJobs('outage', 'waiting', null, 10)],
    ['getJob', () => backend.getJob('outage', '1', 100)],
    ['getLogs', () => backend.getLogs('outage', '1', 0, 10)],
    ['hasQueue', () => backend.hasQueue('outage-unknown')],
    ['addJobs', () => backend.addJobs('outage', [job('during')])],
    ['schedulers', () => backend.schedulers?.list(null, null, 10)],
    ['scheduler', () => backend.schedulers?.remove('outage', 'none', null)],
    ['flows', () => backend.flows?.search(['completed'], null, 10)],
    ['flow', () => backend.flows?.level('outage', '1', { kind: null, after: null, limit: 10 })],
    ['pause', () => backend.pause?.('outage')],
    ['retry', () => backend.retry?.('outage', '1')],
    ['remove', () => backend.remove?.('outage', '1')],
    ['editData', () => backend.editData?.('outage', '1', '{"edited":true}')],
    ['duplicate', () => backend.duplicate?.('outage', '1')],
    ['addLogs', () => backend.addLogs?.('outage', '1', ['during'])],
    ['drain', () => backend.drain?.('outage', true, { maxRemoved: 1000, maxMs: 1000 })],
    ['setConcurrency', () => backend.setConcurrency?.('outage', 1)],
    ['readRateLimit', () => backend.readRateLimit?.('outage')],
    ['readMeta', () => backend.readMeta?.('outage')],
    ['cancel', () => backend.cancel?.('outage', '1', order)],
  ];
  await Promise.all(
    calls.map(async ([name, call]) => {
      const from = Date.now();
      const error = await Promise.resolve(call()).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error, name).toBeInstanceOf(CodedError);
      expect(error, name).toMatchObject({ code: 'broker_unavailable' });
      expect((error as CodedError).extra.retryAfterSeconds, name).toBeGreaterThan(0);
      expect((error as CodedError).detail, name).not.toMatch(/127\.0\.0\.1|password|:\/\//);
      expect(Date.now() - from, name).toBeLessThan(3_000);
    }),
  );
  const facts = await until(async () => {
    const now = await backend.facts();
    return now.status === 'down' && now;
  }, 'the status to tell');
  expect(facts.reason).toMatch(/broker|database|server/i);
}

async function expectRecovered({ backend }: Bench): Promise<void> {
  await until(
    () =>
      backend.addJobs('outage', [job('after')]).then(
        () => true,
        () => false,
      ),
    'the broker to be back',
    15_000,
  );
  await until(async () => (await backend.facts()).status === 'up', 'the status');
  expect((await backend.snapshot()).queues.map((queue) => queue.name)).toContain('outage');
}

const namesWaiting = async ({ backend }: Bench) =>
  (await backend.listJobs('outage', 'waiting', null, 200)).items.map((row) => row.name);

/** These come last: they stop the server. */
export function testOutage(bench: Bench): void {
  it('refuses in time when the broker hangs, and does later nothing of what it refused', async () => {
    await bench.backend.addJobs('outage', [job('before')]);
    await bench.backend.snapshot();
    bench.broker.freeze();
    try {
      await expectAllRefused(bench);
    } finally {
      bench.broker.thaw();
    }
    await expectRecovered(bench);
    expect(await namesWaiting(bench)).not.toContain('during');
  });

  it('refuses in time when the broker is gone, tells the tail of the gap, and goes on by itself', async () => {
    const heard = await listen(bench);
    await bench.broker.kill();
    await expectAllRefused(bench);
    await bench.broker.restart();
    await expectRecovered(bench);
    expect(await namesWaiting(bench)).not.toContain('during');
    await until(() => heard.events.some((event) => event.type === 'gap'), 'the gap');
    const { id } = await bench.broker.queue('outage-after').add('again', {});
    await until(
      () => heard.of('outage-after').some((event) => event.type === 'state' && event.id === id),
      'events to come again',
      20_000,
    );
    await heard.stop();
  });
}
