import { buildRequest } from '@/lib/client/http/url';
import { computeBackoffMs } from '@/lib/client/live/backoff';
import type { LiveFrame } from '@/lib/contracts/live';

/** A frame with its event id ('' when the server gave none). */
export type SeenFrame = LiveFrame & { id: string };

export type LivePhase = 'idle' | 'connecting' | 'live' | 'lost';

export interface LiveStatus {
  phase: LivePhase;
  /** When the figures were last known to be true, by this machine's clock; null before the first connection. */
  liveUntilMs: number | null;
}

export interface Stream {
  /** Watches exactly these; reopens only when they differ. None: closes. */
  setTopics(topics: string[]): void;
  close(): void;
}

interface StreamOptions {
  /** Where another tab's stream stopped. */
  lastEventId: string;
  onFrame(frame: SeenFrame): void;
  onStatus(status: LiveStatus): void;
}

/** What the server takes on one stream, and of an address; tabs beyond that go without the topics that are left out. */
const MOST_TOPICS = 50;
const MOST_TARGET_CHARS = 32_768;

const EVENTS = ['counts', 'job', 'worker', 'operation', 'reset'] as const;

/**
 * One EventSource at a time, with its own backoff: the built-in one retries at a fixed pace, and gives up for good on an
 * HTTP error. Resumes by `lastEventId` in the query, since a newly made EventSource cannot set the header.
 */
export function openStream(options: StreamOptions): Stream {
  let { lastEventId } = options;
  let source: EventSource | null = null;
  let wanted = '';
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let liveUntilMs: number | null = null;
  let isLive = false;

  const report = (phase: LivePhase) => {
    if (isLive && phase !== 'live') liveUntilMs = Date.now();
    isLive = phase === 'live';
    options.onStatus({ phase, liveUntilMs });
  };
  const drop = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const connect = () => {
    drop();
    const opened = new EventSource(
      buildRequest('live.stream', { topics: wanted, lastEventId: lastEventId || undefined }).url,
    );
    source = opened;
    opened.onopen = () => {
      attempt = 0;
      report('live');
    };
    opened.onerror = () => {
      drop();
      report('lost');
      timer = setTimeout(connect, computeBackoffMs(attempt, Math.random()));
      attempt += 1;
    };
    for (const event of EVENTS) {
      opened.addEventListener(event, (message: MessageEvent<string>) => {
        if (message.lastEventId) lastEventId = message.lastEventId;
        options.onFrame({ event, data: JSON.parse(message.data), id: message.lastEventId } as SeenFrame);
      });
    }
  };
  const retryNow = () => {
    if (wanted && !isLive) connect();
  };
  window.addEventListener('online', retryNow);

  return {
    setTopics(topics) {
      const next = chooseTopics(topics).sort().join(',');
      if (next === wanted) return;
      wanted = next;
      if (next) {
        if (!isLive) report(liveUntilMs === null ? 'connecting' : 'lost');
        connect();
      } else {
        drop();
        report('idle');
      }
    },
    close() {
      window.removeEventListener('online', retryNow);
      wanted = '';
      drop();
    },
  };
}

/** As many as fit, in their order: two jobs with ids of 8 KB must not take the figures from every tab. */
function chooseTopics(topics: readonly string[]): string[] {
  const chosen: string[] = [];
  let chars = 0;
  for (const topic of new Set(topics)) {
    const more = encodeURIComponent(topic).length + 3;
    if (chosen.length === MOST_TOPICS || chars + more > MOST_TARGET_CHARS) continue;
    chars += more;
    chosen.push(topic);
  }
  return chosen;
}
