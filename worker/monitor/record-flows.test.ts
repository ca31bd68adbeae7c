import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '@/lib/backends/registry';
import { openStore, type Store } from '@/lib/store/store';
import { openPostgresBroker, openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { until } from '@/lib/testing/until';
import { recordHistory } from './record-history';

describe.each([
  ['Redis', openRedisBroker],
  ['PostgreSQL', openPostgresBroker],
] as const)('recording what failed in flows on %s', (_name, open) => {
  let broker: TestBroker;
  let store: Store;
  const stopping = new AbortController();
  let recording: Promise<void>;
  let isBroken = true;

  /** Failed jobs with the root of their flow. */
  const failures = async (prefix: string): Promise<Record<string, string>> => {
    const rows = await store.query<{ job: string; root: string }>('SELECT job, root FROM queuedeck.flow_failure');
    const pairs = rows.map(({ job, root }) => [JSON.parse(job), JSON.parse(root)] as [string[], string[]]);
    return Object.fromEntries(
      pairs.filter(([job]) => job[0]?.startsWith(prefix)).map(([job, root]) => [job[1] ?? '', root.join(':')]),
    );
  };
  const untilFailures = (prefix: string, wanted: Record<string, string>) =>
    until(
      async () => {
        const now = await failures(prefix);
        return JSON.stringify(Object.entries(now).sort()) === JSON.stringify(Object.entries(wanted).sort());
      },
      `the failures of ${prefix} to be ${JSON.stringify(wanted)}`,
    );
  const work = (...queues: string[]) => {
    for (const queue of queues)
      broker.worker(queue, async ({ name }) => {
        if (isBroken && name.startsWith('fails')) throw new Error(`no ${name}`);
        return name;
      });
  };
  const node = (queueName: string, name: string, jobId: string, children: object[] = [], opts: object = {}) => ({
    ...{ name, queueName, opts: { jobId, ...opts } },
    ...(children.length > 0 ? { children } : {}),
  });
  const add = (flow: object) => broker.flows().add(flow as never);
  const addDeep = (prefix: string) =>
    add(
      node(`${prefix}-top`, 'top', 'top', [
        node(`${prefix}-mid`, 'mid', 'mid', [node(`${prefix}-leaf`, 'fails-leaf', 'leaf')]),
        node(`${prefix}-leaf`, 'fine', 'fine'),
      ]),
    );
  const addOwn = (prefix: string) =>
    add(node(`${prefix}-own`, 'fails-itself', 'own', [node(`${prefix}-leaf`, 'fine', 'own-child')]));
  const stateOf = async (queue: string, id: string) => (await broker.backend.getJob(queue, id, 10))?.state;

  beforeAll(async () => {
    broker = await open();
    store = openStore(await createTestDatabase());
    // What failed before the record began.
    await addDeep('old');
    await addOwn('old');
    await broker.queue('old-plain').add('fails-plain', {}, { jobId: 'plain' });
    work('old-top', 'old-mid', 'old-leaf', 'old-own', 'old-plain');
    await until(async () => (await stateOf('old-own', 'own')) === 'failed');
    await until(async () => (await stateOf('old-leaf', 'leaf')) === 'failed');
    await until(async () => (await stateOf('old-plain', 'plain')) === 'failed');
    const backend = openBackend(broker.config, { role: 'web' });
    recording = recordHistory({ store, backend, owner: 'test', keepMs: 86_400_000, signal: stopping.signal }).finally(
      () => backend.close(),
    );
    await until(async () => (await store.query('SELECT 1 FROM queuedeck.recorder WHERE cursor IS NOT NULL')).length);
  }, 120_000);
  afterAll(async () => {
    stopping.abort();
    await recording;
    await broker.close();
    await store.close();
  });

  it('knows the root of what failed before it began', async () => {
    await untilFailures('old', { leaf: 'old-top:top', own: 'old-own:own' });
  });

  it('knows the root of what fails, in whatever queue, and forgets it once it is retried', async () => {
    await addDeep('new');
    await addOwn('new');
    await broker.queue('new-leaf').add('fails-plain', {}, { jobId: 'plain' });
    work('new-top', 'new-mid', 'new-leaf', 'new-own');
    await untilFailures('new', { leaf: 'new-top:top', own: 'new-own:own' });
    isBroken = false;
    await broker.backend.retry?.('new-leaf', 'leaf');
    await untilFailures('new', { own: 'new-own:own' });
    await until(async () => (await stateOf('new-top', 'top')) === 'completed');
    await broker.backend.remove?.('new-own', 'own');
    await untilFailures('new', {});
    isBroken = true;
  });

  it.each([
    ['failParentOnFailure', { leaf: 'opt-failParentOnFailure:top', top: 'opt-failParentOnFailure:top' }],
    ['ignoreDependencyOnFailure', { leaf: 'opt-ignoreDependencyOnFailure:top' }],
    ['removeDependencyOnFailure', { leaf: 'opt-removeDependencyOnFailure:top' }],
    ['continueParentOnFailure', { leaf: 'opt-continueParentOnFailure:top' }],
  ])('keeps what failed with %s', async (option, wanted) => {
    const queue = `opt-${option}`;
    await add(node(queue, 'top', 'top', [node(`${queue}-kid`, 'fails-leaf', 'leaf', [], { [option]: true })]));
    work(queue, `${queue}-kid`);
    await untilFailures(queue, wanted);
  });

  it('finds one root for all jobs of a flow that leads back into itself', async () => {
    const ids = ['x', 'y', 'z'];
    for (const [i, id] of ids.entries())
      await add(
        node('ring', 'ring', id, [
          node('ring', 'ring', ids[(i + 1) % 3] ?? ''),
          node('ring-kids', 'fails-kid', `bad-${id}`),
        ]),
      );
    work('ring-kids');
    const found = await until(async () => {
      const now = await failures('ring');
      return Object.keys(now).length === 3 && new Set(Object.values(now)).size === 1 && now;
    }, 'three failures under one root');
    expect(Object.values(found)[0]).toMatch(/^ring:[xyz]$/);
  });
});
