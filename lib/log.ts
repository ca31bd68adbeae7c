import { type Logger, pino } from 'pino';

const KEY = Symbol.for('queuedeck.log');
const home = globalThis as { [KEY]?: Logger };

home[KEY] ??= pino(
  { base: undefined, level: 'info', redact: ['url', '*.url', 'password', '*.password'] },
  pino.destination({ dest: 2, sync: false }),
);

/** One JSON line per event on stderr; never payloads, never credentials. One per process, and so is its level. */
export const log: Logger = home[KEY];
