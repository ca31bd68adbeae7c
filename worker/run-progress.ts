/** Values that arrive faster than they may be sent: the last one wins, and the very last is sent by `flush`. */
export interface Throttled<T> {
  push(value: T): void;
  /** Resolves when the last value pushed is with the broker. Later pushes are ignored. */
  flush(): Promise<void>;
}

/** At most one `send` per `everyMs`, and one at a time; a send that fails is dropped, the next value makes up for it. */
export function throttle<T>(send: (value: T) => Promise<void>, everyMs = 100): Throttled<T> {
  let waiting: { value: T } | null = null;
  let sending: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sentAt = Number.NEGATIVE_INFINITY;
  let closed = false;

  const sendWaiting = async (): Promise<void> => {
    timer = null;
    if (waiting === null) return;
    const { value } = waiting;
    waiting = null;
    sentAt = performance.now();
    sending = send(value).catch(() => undefined);
    await sending;
    sending = null;
    if (waiting !== null && !closed) schedule();
  };
  const schedule = () => {
    timer ??= setTimeout(sendWaiting, Math.max(sentAt + everyMs - performance.now(), 0));
  };

  return {
    push: (value) => {
      if (closed) return;
      waiting = { value };
      if (sending === null) schedule();
    },
    flush: async () => {
      closed = true;
      if (timer) clearTimeout(timer);
      await sending;
      await sendWaiting();
    },
  };
}
