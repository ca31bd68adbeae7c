/** Lines that a job's log keeps; older ones go. */
export const LOG_LINES_KEPT = 10_000;
const LINE_CAP_CHARS = 8_192;
const FLUSH_EVERY_MS = 100;
const BATCH_LINES = 500;

export interface JobLog {
  write(line: string): void;
  /** Resolves when every line written is with the broker, or was given up. */
  flush(): Promise<void>;
}

/**
 * Buffers lines and appends them in order, in batches. Each gets its time in ISO 8601. While the broker is away at most
 * 10,000 lines are held; a batch that fails is dropped, so that a job never waits for its log.
 */
export function openLog(
  append: (rows: string[], keep: number) => Promise<void>,
  flushEveryMs = FLUSH_EVERY_MS,
): JobLog {
  let rows: string[] = [];
  let timer: NodeJS.Timeout | null = null;
  let draining: Promise<void> | null = null;

  const drain = async (): Promise<void> => {
    while (rows.length > 0) {
      const batch = rows.slice(0, BATCH_LINES);
      rows = rows.slice(BATCH_LINES);
      await append(batch, LOG_LINES_KEPT).catch(() => undefined);
    }
    draining = null;
  };
  const start = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    draining ??= drain();
    return draining;
  };

  return {
    write: (line) => {
      rows.push(`${new Date().toISOString()} ${line.slice(0, LINE_CAP_CHARS)}`);
      if (rows.length > LOG_LINES_KEPT) rows.shift();
      timer ??= setTimeout(() => void start(), flushEveryMs);
    },
    flush: async () => {
      while (rows.length > 0 || draining !== null) await start();
    },
  };
}
