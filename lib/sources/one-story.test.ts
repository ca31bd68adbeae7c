import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, closeApp, openApp } from '@/lib/context';
import type { CodedError } from '@/lib/contracts/errors';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { Source } from '@/lib/contracts/sources';
import { loadEnv } from '@/lib/env';
import { VERBS } from '@/lib/http/all-verbs';
import { AclUsers, README_ACL } from '@/lib/testing/acl-users';
import { openRedisBroker, type TestBroker } from '@/lib/testing/brokers';
import { createTestDatabase } from '@/lib/testing/test-database';
import { type Ask, execute, type Verb } from '@/lib/verbs';

/**
 * What the list of sources, the page of one, readyz and the list of queues (the overview is made of both lists) say of a broker whose
 * user lacks a right, asked in two orders of a process that has just started.
 */
const WATCH = README_ACL.watch;
const LIMITED: Record<string, { rules: string[]; queues?: string[]; sees: string[] | null; says?: string }> = {
  'all rights': { rules: [WATCH], sees: ['emails', 'reports'] },
  'no INFO': { rules: [WATCH, '-info'], sees: ['emails', 'reports'] },
  'no TIME': { rules: [WATCH, '-time'], sees: ['emails', 'reports'] },
  'no XREAD': { rules: [WATCH, '-xread'], sees: ['emails', 'reports'] },
  'no SCAN': { rules: [WATCH, '-scan'], queues: ['emails'], sees: ['emails'] },
  'no EVAL': { rules: [WATCH, '-eval'], sees: null, says: 'may not run EVAL: no queue can be read; add +eval' },
  'no EVALSHA': { rules: [WATCH, '-evalsha'], sees: null, says: 'may not run EVALSHA' },
  'keys of one queue': { rules: [WATCH.replace('~bull:*', '~bull:reports:*')], sees: ['reports'] },
  'keys of no queue': { rules: [WATCH.replace('~bull:*', '')], sees: null, says: 'may not read the keys of any queue' },
};
const VERB_ORDERS = [
  ['source.list', 'source.get', 'queue.list', 'system.ready'],
  ['queue.list', 'system.ready', 'source.get', 'source.list'],
] as const;

describe('one story of a source', () => {
  let broker: TestBroker;
  let users: AclUsers;
  let database: string;
  beforeAll(async () => {
    broker = await openRedisBroker();
    users = new AclUsers(broker.config.url);
    database = await createTestDatabase();
    await Promise.all(['emails', 'reports'].map((queue) => broker.queue(queue).add('n', {})));
  });
  afterAll(async () => {
    users.admin.disconnect();
    await broker.close();
  });

  const tell = async (app: App, verb: keyof typeof VERBS): Promise<Told> => {
    const ask: Ask = {
      ...app,
      actor: { kind: 'local', name: 'tester', role: 'viewer' },
      signal: AbortSignal.timeout(20_000),
      headers: { idempotencyKey: null, lastEventId: null },
    };
    const raw = verb === 'source.get' ? { source: 'limited' } : {};
    return toTold(verb, await execute(VERBS[verb] as unknown as Verb, ask, raw, undefined).catch(asTold));
  };

  it.each(Object.keys(LIMITED))('%s', async (name) => {
    const { rules, queues, sees, says } = LIMITED[name] as (typeof LIMITED)[string];
    const url = await users.add(...rules);
    const sources = JSON.stringify([{ name: 'limited', url, ...(queues ? { queues } : {}) }]);
    for (const order of VERB_ORDERS) {
      const app = openApp(loadEnv({ QUEUEDECK_SOURCES: sources, DATABASE_URL: database }));
      try {
        for (const verb of order) {
          const { isWell, reason, queues: count, seen } = await tell(app, verb);
          expect([isWell, seen ?? sees], `${verb} of ${order.join()}`).toEqual([sees !== null, sees]);
          if (count !== undefined) expect(count, `${verb} of ${order.join()}`).toBe(sees?.length ?? null);
          if (says) expect(reason, `${verb} of ${order.join()}`).toContain(says);
        }
      } finally {
        await closeApp(app);
      }
    }
  });
});

interface Told {
  isWell: boolean;
  reason: string | null;
  /** How many, and which; undefined where it does not tell. */
  queues?: number | null;
  seen?: string[] | null;
}

const asTold = (error: CodedError): Told => ({ isWell: error.code !== 'broker_refused', reason: error.detail });

function toTold(verb: string, answer: unknown): Told {
  if ((answer as Told).isWell !== undefined) return answer as Told;
  switch (verb) {
    case 'source.list':
      return ofSource((answer as { items: Source[] }).items[0]);
    case 'source.get':
      return ofSource(answer as Source);
    case 'queue.list':
      return { isWell: true, reason: null, seen: (answer as { items: QueueFigures[] }).items.map(({ name }) => name) };
    default: {
      const { status, body } = answer as { status: number; body: { checks: Record<string, string> } };
      return { isWell: status === 200, reason: body.checks['source:limited'] ?? null };
    }
  }
}

function ofSource(source: Source | undefined): Told {
  if (!source) throw new Error('no source is told of');
  return { isWell: source.status === 'up', reason: source.reason, queues: source.queues };
}
