import { rmSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceConfig } from '@/lib/env';
import { AclUsers, README_ACL } from '@/lib/testing/acl-users';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { CHANGES, readAll, refusalsOf } from '@/lib/testing/every-call';
import { makeRightsPlace, type RightsPlace } from '@/lib/testing/rights-place';
import { startRedis, type TestServer } from '@/lib/testing/servers';
import { until } from '@/lib/testing/until';
import { readWholeBroker } from '@/lib/testing/whole-broker';
import { openRedisBackend } from '../redis';

let broker: TestBroker;
let users: AclUsers;
let place: RightsPlace;
let replica: TestServer;

beforeAll(async () => {
  broker = await openRedisBroker();
  users = new AclUsers(broker.config.url);
  place = await makeRightsPlace(broker);
  await users.admin.config('SET', 'repl-diskless-sync-delay', '0');
  replica = await startRedis();
});
afterAll(async () => {
  users.admin.disconnect();
  await broker.close();
  // Without its folder it would not end by itself.
  await replica.kill();
  await replica.stop();
});

/** What the jobs are; the worker that takes orders beats, and renews what it holds. */
async function readJobs(url: string) {
  const keys = Object.entries(await readWholeBroker(url));
  return keys.filter(([key]) => key.startsWith('bull:') && !key.startsWith('bull:busy:'));
}

const opened = (url: string) => openRedisBackend(SourceConfig.parse({ name: 'test', url }));

describe('every change is refused with a code and the reason, and changes nothing', () => {
  it('to a user who may only watch', async () => {
    const before = await readJobs(broker.config.url);
    const backend = await users.open([README_ACL.watch]);
    expect(await refusalsOf(backend, place)).toEqual([
      'broker_refused: The broker\'s user may not change this: the line "operate" of the README has the rights that it needs.',
    ]);
    await users.closeBackends();
    expect(await readJobs(broker.config.url)).toEqual(before);
  });

  it('by a replica, of which all is read', async () => {
    const admin = new Redis(replica.url);
    await admin.replicaof('127.0.0.1', broker.server.port);
    await until(async () => /master_link_status:up/.test(await admin.info('replication')), 'the replica to follow');
    admin.disconnect();
    const backend = opened(replica.url);
    expect(await refusalsOf(backend, place)).toEqual([
      'broker_refused: The broker is a read-only replica: nothing can be changed on it.',
    ]);
    expect(await readAll(backend)).toEqual([]);
    expect(await backend.facts()).toMatchObject({ status: 'up', missingRights: [] });
    await backend.close();
  });

  it('by a server that cannot save its snapshots', async () => {
    const admin = new Redis(replica.url);
    await admin.replicaof('NO', 'ONE');
    const [, folder = ''] = (await admin.config('GET', 'dir')) as string[];
    rmSync(folder, { recursive: true });
    await admin.config('SET', 'save', '3600 1');
    await admin.bgsave();
    await until(async () => /rdb_last_bgsave_status:err/.test(await admin.info('persistence')), 'the save to fail');
    admin.disconnect();
    const backend = opened(replica.url);
    expect(await refusalsOf(backend, place)).toEqual(['broker_unavailable: The broker takes no writes now.']);
    await backend.close();
  });

  it('by a server that wants more replicas', async () => {
    await users.admin.config('SET', 'min-replicas-to-write', '9');
    const before = await readJobs(broker.config.url);
    const backend = opened(broker.config.url);
    try {
      expect(await refusalsOf(backend, place)).toEqual(['broker_unavailable: The broker takes no writes now.']);
      expect(await readAll(backend)).toEqual([]);
    } finally {
      await backend.close();
      await users.admin.config('SET', 'min-replicas-to-write', '0');
    }
    expect(await readJobs(broker.config.url)).toEqual(before);
  });

  it('by a server whose memory is full: what needs more of it', async () => {
    await users.admin.config('SET', 'maxmemory', '1');
    const backend = opened(broker.config.url);
    const full = { code: 'broker_unavailable', detail: 'The broker is out of memory and takes no more jobs.' };
    const adding = [
      'addJobs',
      'addJobs delayed',
      'duplicate',
      'editData',
      'flows.add',
      'schedulers.put',
      'schedulers.run',
    ];
    try {
      for (const name of adding) await expect(CHANGES[name]?.(backend, place), name).rejects.toMatchObject(full);
      for (const call of Object.values(CHANGES))
        await Promise.resolve(call(backend, place)).catch((error) => expect(error).toMatchObject(full));
    } finally {
      await backend.close();
      await users.admin.config('SET', 'maxmemory', '0');
    }
  });
});
