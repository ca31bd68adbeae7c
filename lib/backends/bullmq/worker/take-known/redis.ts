import type { RedisQueueBackend } from 'bullmq';
import type { RedisClient } from '../../redis/connect';
import { runScript } from '../../redis/link';
import { buildScript } from '../../redis/scripts/built';
import type { TakeGuard } from './guard';
import { REFUSED, TAKE_KNOWN } from './script';

/** What BullMQ's own script replies where there is no job. */
const NOTHING = [0, 0, 0, 0];
const KEYS = 11;

/** `client` is the connection that the backend was given. */
export function takeKnownOnRedis(backend: RedisQueueBackend, client: RedisClient, guard: TakeGuard): RedisQueueBackend {
  const run = backend.execCommand.bind(backend);
  backend.execCommand = async (connection, command, args) => {
    if (command !== 'moveToActive') return run(connection, command, args);
    const script = buildScript(client, TAKE_KNOWN);
    const reply = await runScript(client, script, args.slice(0, KEYS), [...args.slice(KEYS), ...guard.names]);
    if (!isRefused(reply)) return reply;
    const [, id, name, unreadable] = reply;
    guard.onUnknown({ id, name, unreadable: unreadable || null });
    return NOTHING;
  };
  return backend;
}

function isRefused(reply: unknown): reply is [mark: string, id: string, name: string, unreadable: string] {
  return Array.isArray(reply) && reply[0] === REFUSED;
}
