import { type LiveStatus, openStream, type SeenFrame, type Stream } from '@/lib/client/live/stream';

/**
 * What tabs say to each other on the channel `queuedeck-live`:
 *
 *   from any tab     want { tab, topics }   what it watches; said again every 20 s, so that a crashed tab is forgotten
 *                    gone { tab }
 *   from the leader  who                    say what you want
 *                    frame { frame }        as it came
 *                    status { status }      of the one stream
 *
 * The leader is whoever holds the Web Lock of the same name; the browser hands it over when that tab closes.
 */
type Message =
  | { kind: 'want'; tab: string; topics: string[] }
  | { kind: 'gone'; tab: string }
  | { kind: 'who' }
  | { kind: 'frame'; frame: SeenFrame }
  | { kind: 'status'; status: LiveStatus };

const NAME = 'queuedeck-live';
const REPEAT_MS = 20_000;
const FORGET_MS = 65_000;

export interface Share {
  setTopics(topics: string[]): void;
  leave(): void;
}

interface ShareOptions {
  onFrame(frame: SeenFrame): void;
  onStatus(status: LiveStatus): void;
}

/** Joins this tab to the browser's one stream, leading it when no other tab does. */
export function joinShare({ onFrame, onStatus }: ShareOptions): Share {
  const tab = crypto.randomUUID();
  const channel = new BroadcastChannel(NAME);
  const leaving = new AbortController();
  const others = new Map<string, { topics: string[]; heardAtMs: number }>();
  let topics: string[] = [];
  let stream: Stream | null = null;
  let release: (() => void) | undefined;
  let lastEventId = '';
  let currentStatus: LiveStatus = { phase: 'connecting', liveUntilMs: null };

  const report = (status: LiveStatus) => {
    currentStatus = status;
    onStatus(status);
  };
  const tell = (message: Message) => channel.postMessage(message);
  const sayWant = () => (stream ? unite() : tell({ kind: 'want', tab, topics }));
  const unite = () => {
    const oldestMs = Date.now() - FORGET_MS;
    for (const [id, other] of others) if (other.heardAtMs < oldestMs) others.delete(id);
    stream?.setTopics([...topics, ...[...others.values()].flatMap((other) => other.topics)]);
  };
  const lead = () => {
    stream = openStream({
      lastEventId,
      onFrame: (frame) => {
        tell({ kind: 'frame', frame });
        onFrame(frame);
      },
      onStatus: (status) => {
        tell({ kind: 'status', status });
        report(status);
      },
    });
    tell({ kind: 'who' });
    unite();
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  channel.onmessage = ({ data: message }: MessageEvent<Message>) => {
    if (message.kind === 'who') tell({ kind: 'want', tab, topics });
    else if (message.kind === 'frame') {
      lastEventId = message.frame.id || lastEventId;
      onFrame(message.frame);
    } else if (message.kind === 'status') report(message.status);
    else if (message.kind === 'gone') {
      others.delete(message.tab);
      unite();
    } else {
      const isNew = !others.has(message.tab);
      others.set(message.tab, { topics: message.topics, heardAtMs: Date.now() });
      if (!stream) return;
      unite();
      if (isNew) tell({ kind: 'status', status: currentStatus });
    }
  };
  const timer = setInterval(sayWant, REPEAT_MS);
  navigator.locks.request(NAME, { signal: leaving.signal }, lead).catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });

  return {
    setTopics(next) {
      topics = next;
      sayWant();
    },
    leave() {
      clearInterval(timer);
      leaving.abort();
      tell({ kind: 'gone', tab });
      stream?.close();
      release?.();
      channel.close();
    },
  };
}

/** One stream per tab, where the browser has no Web Locks (plain http on another host than localhost). */
export function joinAlone(options: ShareOptions): Share {
  const stream = openStream({ ...options, lastEventId: '' });
  return { setTopics: stream.setTopics, leave: stream.close };
}
