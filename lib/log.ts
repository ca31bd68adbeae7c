import { pino } from 'pino';

/** One JSON line per event on stderr; never payloads, never credentials. */
export const log = pino(
  { base: undefined, level: 'info', redact: ['url', '*.url', 'password', '*.password'] },
  pino.destination({ dest: 2, sync: false }),
);
