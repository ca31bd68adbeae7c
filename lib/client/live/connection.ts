import { makeSubstitute } from '@/lib/client/live/ask-instead';
import { joinAlone, joinShare, type Share } from '@/lib/client/live/share';
import type { LiveStatus, SeenFrame } from '@/lib/client/live/stream';

/** This tab's end of the live connection. A tab hidden for a minute leaves it, and catches up when it is seen again. */
export interface Connection {
  /** Watches topics until the returned function is called. */
  watch(topics: string[]): () => void;
  onFrame(listener: (frame: SeenFrame) => void): () => void;
  onStatus(listener: () => void): () => void;
  readStatus(): LiveStatus;
}

const HIDDEN_MS = 60_000;
const SETTLE_MS = 30;
const START: LiveStatus = { phase: 'connecting', liveUntilMs: null };

/** `onMissed`: frames may have been missed; fetch again. Resolves when what is seen is as of now. */
export function makeConnection(onMissed: () => Promise<void>): Connection {
  const watched = new Map<string, number>();
  const frameListeners = new Set<(frame: SeenFrame) => void>();
  const statusListeners = new Set<() => void>();
  let status = START;
  let share: Share | null = null;
  let settle: ReturnType<typeof setTimeout> | undefined;
  let hide: ReturnType<typeof setTimeout> | undefined;
  const instead = makeSubstitute(onMissed);

  const show = (next: LiveStatus) => {
    status = next;
    for (const listener of statusListeners) listener();
  };
  const setStatus = async (next: LiveStatus) => {
    const hasFailedAgain = status.phase === 'lost' && next.phase === 'lost';
    show({ ...next, liveUntilMs: later(next.liveUntilMs, hasFailedAgain ? status.liveUntilMs : null) });
    const asOfMs = hasFailedAgain ? await instead() : null;
    if (asOfMs !== null && status.phase === 'lost') show({ ...status, liveUntilMs: later(asOfMs, status.liveUntilMs) });
  };
  const join = () => {
    if (share || document.visibilityState === 'hidden') return;
    const options = {
      onFrame: (frame: SeenFrame) => {
        for (const listener of frameListeners) listener(frame);
      },
      onStatus: (next: LiveStatus) => void setStatus(next),
    };
    share = 'locks' in navigator && 'BroadcastChannel' in window ? joinShare(options) : joinAlone(options);
    share.setTopics([...watched.keys()]);
  };
  const leave = () => {
    share?.leave();
    share = null;
  };
  // Pages mount and unmount several watchers within one navigation: one change of topics, not one each.
  const settleTopics = () => {
    clearTimeout(settle);
    settle = setTimeout(() => (share ? share.setTopics([...watched.keys()]) : join()), SETTLE_MS);
  };
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hide);
    if (document.visibilityState === 'hidden') hide = setTimeout(leave, HIDDEN_MS);
    else if (!share) {
      join();
      void onMissed();
    }
  });
  window.addEventListener('pagehide', leave);
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    join();
    void onMissed();
  });

  return {
    watch(topics) {
      for (const topic of topics) watched.set(topic, (watched.get(topic) ?? 0) + 1);
      settleTopics();
      return () => {
        for (const topic of topics) {
          const left = (watched.get(topic) ?? 1) - 1;
          if (left > 0) watched.set(topic, left);
          else watched.delete(topic);
        }
        settleTopics();
      };
    },
    onFrame(listener) {
      frameListeners.add(listener);
      return () => frameListeners.delete(listener);
    },
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    readStatus: () => status,
  };
}

const later = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.max(a, b));
