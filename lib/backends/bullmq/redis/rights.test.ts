import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { QueueBackend } from '@/lib/backends/backend';
import type { RecordBatch } from '@/lib/backends/recording';
import { AclUsers, README_ACL } from '@/lib/testing/acl-users';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { CHANGES, readAll, uncalled } from '@/lib/testing/every-call';
import { makeRightsPlace, type RightsPlace, SHOP } from '@/lib/testing/rights-place';
import { until } from '@/lib/testing/until';
import { ASKED_RIGHTS } from './rights';

/** Real users of a real server, with the README's own lines, and those less one right each. */
let broker: TestBroker;
let users: AclUsers;
let place: RightsPlace;

beforeAll(async () => {
  broker = await openRedisBroker();
  users = new AclUsers(broker.config.url);
  place = await makeRightsPlace(broker);
  await broker.backend.addJobs('emails', [{ name: 'first', data: {}, options: {} }]);
});
afterEach(() => users.closeBackends());
afterAll(async () => {
  users.admin.disconnect();
  await broker.close();
});

const QUEUES = ['busy', 'children', 'cleaned', 'drained', 'emails', 'orphaned', SHOP, 'swept'];

describe('the line "watch"', () => {
  it('reads all that there is, and nothing is refused to it', async () => {
    const backend = await users.open([README_ACL.watch]);
    await users.takeRefused();
    expect(await readAll(backend)).toEqual([]);
    expect(await backend.facts()).toMatchObject({ status: 'up', reason: null, missingRights: [] });
    expect((await backend.snapshot()).queues.map(({ name, unreadable }) => [name, unreadable])).toEqual(
      QUEUES.map((name) => [name, null]),
    );
    expect(await users.takeRefused()).toEqual([]);
  });

  it('is asked about each command that reading runs', async () => {
    const readable = new Set((await users.admin.call('ACL', 'CAT', 'read')) as string[]);
    const named = README_ACL.watch.split(' ').filter((rule) => /^\+[a-z]/.test(rule));
    const backend = await users.open([README_ACL.watch]);
    await users.admin.config('RESETSTAT');
    await readAll(backend);
    const stats = await users.admin.info('commandstats');
    const run = [...stats.matchAll(/^cmdstat_([^:]+):/gm)].map(([, name = '']) => `+${name}`);
    const reads = run.filter((rule) => readable.has(rule.slice(1)) || named.includes(rule));
    expect(reads.length).toBeGreaterThan(40);
    expect(reads.filter((rule) => !ASKED_RIGHTS.includes(rule))).toEqual([]);
    expect(named.filter((rule) => !ASKED_RIGHTS.includes(rule))).toEqual([]);
  });

  it('is written of every method of the backend', () => {
    expect(uncalled(broker.backend)).toEqual([]);
  });
});

const OF_JOB = ['getJob mother', 'standing', 'standing running'];
const BY_ID = [...OF_JOB, 'bulk.readStates', 'bulk.keepJobs', 'flows.level'];
const DATA = ['getJob', 'getJob mother', 'bulk.scanJobs', 'bulk.scanJobs waiting'];
const SETS = ['delayed', 'prioritized', 'waiting-children', 'completed', 'failed'].map((state) => `listJobs ${state}`);

/** Reads that fail without it, each as a coded refusal; of the others, none does. */
const LOST: Record<string, string[]> = {
  '+zcard': [...SETS, 'readMeta'],
  '+zrange': [...SETS.slice(0, 3), 'bulk.scanJobs', 'bulk.keepJobs'],
  '+zrevrange': SETS.slice(3),
  '+zscore': ['schedulers.have', 'schedulers.find'],
  '+zrangebyscore': ['recording.sweepFields'],
  '+exists': [
    ...['standing prioritized', 'standing mother', 'recording.hasJobs', 'schedulers.list', 'schedulers.lastRuns'],
    ...['schedulers.find', ...BY_ID],
  ],
  '+type': ['getLogs', ...BY_ID],
  '+hexists': ['getLogs', ...BY_ID],
  '+pttl': ['readRateLimit'],
  '+get': ['readRateLimit'],
  '+sscan': ['getJob mother', 'flows.level'],
  '+smembers': ['bulk.keepJobs'],
  '+hlen': ['schedulers.find'],
  '+hgetall': ['bulk.keepJobs', 'schedulers.find'],
  '+hscan': ['readMeta'],
  '+hstrlen': [...DATA, 'readPayload'],
  '+hget': [...DATA, 'readPayload', 'bulk.keepJobs', 'bulk.readData', 'flows.search', 'flows.nodes', 'flows.level'],
  '+llen': ['listJobs active', 'getLogs'],
  '+lindex': ['listJobs waiting'],
  '+lrange': [
    ...['listJobs waiting', 'listJobs active', 'getLogs', 'recording.sweepFields waiting'],
    ...['bulk.scanJobs waiting', 'bulk.keepJobs'],
  ],
  '+xlen': ['readMeta'],
  '+xread': ['events'],
};

/** What is not known any more, where no read fails. */
const UNKNOWN: Record<string, (backend: QueueBackend) => Promise<void>> = {
  '+info': async (backend) => {
    expect(await backend.facts()).toMatchObject({ memory: null, version: null });
    expect(await backend.inspect?.()).toMatchObject({ clients: null, redis: { evictionPolicy: null } });
  },
  '+config|get': async (backend) => {
    expect((await backend.inspect?.())?.redis).toMatchObject({ snapshots: null, evictionPolicy: 'noeviction' });
  },
  '+randomkey': async (backend) => {
    expect((await backend.inspect?.())?.redis?.foreign).toBeNull();
  },
  '+time': async (backend) => {
    expect((await backend.inspect?.())?.clockSkewMs).toBeNull();
  },
  '+zrandmember': async (backend) => {
    const sizes = (await backend.inspect?.())?.sizes;
    expect(sizes?.queues.map(({ queue }) => queue)).not.toContain(SHOP);
    expect(sizes).toMatchObject({ queuesLeftOut: 1 });
  },
  '+client|list': async (backend) => {
    expect((await backend.listWorkers()).map(({ beats }) => beats)).toEqual([true]);
  },
  '+hgetall': async (backend) => {
    expect((await backend.listWorkers()).map(({ beats }) => beats)).toEqual([false]);
  },
  '+llen': async (backend) => {
    expect(await countsOf(backend)).toMatchObject({ waiting: null, active: null, failed: 3 });
  },
  '+zcard': async (backend) => {
    expect(await countsOf(backend)).toMatchObject({ waiting: 13, failed: null, delayed: null });
  },
};

const countsOf = async (backend: QueueBackend) =>
  (await backend.snapshot()).queues.find(({ name }) => name === SHOP)?.counts;

const ESSENTIAL = ['+eval', '+evalsha', '+hmget'];

describe('one right less than "watch"', () => {
  it.each(ASKED_RIGHTS.filter((rule) => !ESSENTIAL.includes(rule) && rule !== '+scan'))(
    '%s costs what it feeds, and is named',
    async (rule) => {
      const backend = await users.open([README_ACL.watch, `-${rule.slice(1)}`]);
      const [right, ...others] = (await backend.facts()).missingRights;
      expect(right).toMatchObject({ right: rule.slice(1).toUpperCase().replace('|', ' '), remedy: rule });
      expect(others).toEqual([]);
      const lost = LOST[rule] ?? [];
      expect((await readAll(backend, lost.includes('events') ? 1_000 : undefined)).sort()).toEqual([...lost].sort());
      await UNKNOWN[rule]?.(backend);
      expect((await backend.snapshot()).queues.map(({ name }) => name)).toEqual(QUEUES);
      expect(await backend.facts()).toMatchObject({ status: 'up', reason: null });
    },
  );

  it.each(ESSENTIAL)('%s: no queue can be read, and why is told everywhere', async (rule) => {
    const backend = await users.open([README_ACL.watch, `-${rule.slice(1)}`]);
    const reason = `The broker's user may not run ${rule.slice(1).toUpperCase()}: no queue can be read; add ${rule}.`;
    await expect(backend.snapshot()).rejects.toMatchObject({ code: 'broker_refused', detail: reason });
    expect(await backend.facts()).toMatchObject({ status: 'restricted', reason, missingRights: [{ remedy: rule }] });
    expect((await backend.listWorkers()).length).toBe(1);
  });

  it('+scan: the queues that the configuration names are seen', async () => {
    const backend = await users.open([README_ACL.watch, '-scan'], { queues: [SHOP, 'later'] });
    expect(await backend.queueNames()).toEqual(['later', SHOP]);
    expect((await backend.snapshot()).queues.map(({ name }) => name)).toEqual(['later', SHOP]);
    const facts = await backend.facts();
    expect(facts).toMatchObject({ status: 'up', missingRights: [{ right: 'SCAN', remedy: '+scan' }] });
    expect(facts.missingRights[0]?.costs).toContain('"queues"');
  });

  it('~bull:*: the queues whose keys it may read are there, the others are named', async () => {
    const rules = README_ACL.watch.replace('~bull:*', '~bull:emails:*');
    const backend = await users.open([rules]);
    expect((await backend.snapshot()).queues.map(({ name, counts }) => [name, counts.waiting])).toEqual([
      ['emails', 1],
    ]);
    const facts = await backend.facts();
    expect(facts).toMatchObject({ status: 'up', missingRights: [{ right: 'keys', remedy: '~bull:*' }] });
    expect(facts.missingRights[0]?.costs).toContain('"busy", "children", "cleaned" and 4 more');
  });

  it('~queuedeck:bull:*: only what workers tell is not known', async () => {
    const backend = await users.open([README_ACL.watch.replace('~queuedeck:bull:* ', '')]);
    expect(await readAll(backend)).toEqual([]);
    expect((await backend.listWorkers()).map(({ beats }) => beats)).toEqual([false]);
    const { status, missingRights } = await backend.facts();
    expect([status, missingRights]).toMatchObject(['up', [{ remedy: '~queuedeck:bull:*' }]]);
  });
});

describe('the line "record without SCAN"', () => {
  it('sees and records the queues that are named', async () => {
    const backend = await users.open([README_ACL.record], { queues: ['emails', 'reports'] });
    expect((await backend.snapshot()).queues.map(({ name }) => name)).toEqual(['emails', 'reports']);
    const { status, missingRights } = await backend.facts();
    expect([status, missingRights.map(({ remedy }) => remedy).sort()]).toEqual(['up', ['+randomkey', '+scan']]);
    const ends = new AbortController();
    const batches: RecordBatch[] = [];
    const recording = (async () => {
      for await (const batch of backend.recording?.record(null, { signal: ends.signal }) ?? []) batches.push(batch);
    })();
    await until(() => batches.length > 0, 'the record to begin');
    await broker.backend.addJobs('emails', [{ name: 'second', data: { to: 'ada' }, options: { id: 'second' } }]);
    const met = await until(() => batches.find(({ fields }) => fields.some(({ id }) => id === 'second')), 'the job');
    expect(met.fields[0]).toMatchObject({ queue: 'emails', name: 'second', data: '{"to":"ada"}' });
    ends.abort();
    await recording;
    expect(await backend.recording?.readTotals('emails')).toMatchObject({ ids: expect.any(Number), failedKept: 0 });
  });
});

describe('the line "operate"', () => {
  it('does all that can be done', async () => {
    const backend = await users.open([README_ACL.operate]);
    await users.takeRefused();
    for (const [name, call] of Object.entries(CHANGES)) expect(await call(backend, place), name).toSatisfy(isDone);
    expect(await users.takeRefused()).toEqual([]);
    expect((await backend.facts()).missingRights).toEqual([]);
  });
});

const DONE = ['done', 'removed', 'requested', 'placed', 'added', 'swept'];

/** The outcome of a change that met what it was made for. */
function isDone(outcome: unknown): boolean {
  if (Array.isArray(outcome)) return outcome.every((one) => /^done/.test(String(one)) || one.existed === false);
  if (typeof outcome !== 'object' || outcome === null) return outcome !== 0;
  const { kind, removed } = outcome as { kind: string; removed?: number };
  return DONE.includes(kind) && removed !== 0;
}
