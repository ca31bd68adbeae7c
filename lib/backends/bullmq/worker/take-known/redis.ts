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
    try {
      const script = buildScript(client, TAKE_KNOWN);
      const reply = await runScript(client, script, args.slice(0, KEYS), [...args.slice(KEYS), ...guard.names]);
      if (!isRefused(reply)) return reply;
      const [, id, name, unreadable] = reply;
      guard.onUnknown({ id, name, unreadable: unreadable || null });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      guard.onUnknown({ id: '', name: '', unreadable: error.message });
    }
    return NOTHING;
  };
  return backend;
}

/** The server's own answer, as that it takes no writes: BullMQ would ask again at once, and for ever. A server that starts is waited for. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError' && !error.message.startsWith('LOADING');
}

function isRefused(reply: unknown): reply is [mark: string, id: string, name: string, unreadable: string] {
  return Array.isArray(reply) && reply[0] === REFUSED;
}
