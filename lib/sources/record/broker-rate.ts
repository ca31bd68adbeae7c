import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueBackend } from '@/lib/backends/backend';
import type { Recorder } from '@/lib/contracts/recorder';

const OVER_MS = 60_000;
const APART_MS = 2_000;
/** A broker that is away holds up nobody who asks for its record. */
const PATIENCE_MS = 300;

interface Sample {
  at: number;
  /** Null = its user may not ask. */
  count: number | null;
}

interface Counted {
  askedAt: number;
  reading: Promise<void>;
  isAway: boolean;
  /** Of the last minute, oldest first, of one life of the server. */
  samples: Sample[];
}

const counted = new WeakMap<QueueBackend, Counted>();

/** What the broker itself says that it runs, of all its clients, per second over the last minute. Asked every two seconds at most. */
export async function readBrokerRate(backend: QueueBackend): Promise<Recorder['broker']> {
  const { commandCount } = backend;
  if (!commandCount) return unknown('It is not counted by this kind of broker.');
  const known = counted.get(backend) ?? { askedAt: 0, reading: Promise.resolve(), isAway: false, samples: [] };
  counted.set(backend, known);
  if (Date.now() - known.askedAt >= APART_MS) {
    known.askedAt = Date.now();
    known.reading = commandCount().then(
      (count) => keep(known, { at: Date.now(), count }),
      () => {
        known.isAway = true;
      },
    );
  }
  await Promise.race([known.reading, sleep(PATIENCE_MS, undefined, { ref: false })]);
  return known.isAway ? unknown('The broker does not answer.') : rateOf(known.samples);
}

function keep(known: Counted, now: Sample): void {
  const last = known.samples.at(-1);
  const isSame = last && last.count !== null && now.count !== null && now.count >= last.count;
  known.samples = [...(isSame ? known.samples.filter(({ at }) => now.at - at <= OVER_MS) : []), now];
  known.isAway = false;
}

function rateOf(samples: readonly Sample[]): Recorder['broker'] {
  const last = samples.at(-1);
  const first = samples.find(({ at }) => Date.now() - at <= OVER_MS + APART_MS);
  if (!first || !last) return unknown('It is being counted.');
  if (first.count === null || last.count === null) return unknown('INFO is refused to its user: add +info.');
  const seconds = (last.at - first.at) / 1000;
  if (seconds < 1) return unknown('It is being counted.');
  return { commandsPerSecond: Math.round(((last.count - first.count) / seconds) * 10) / 10, why: null };
}

const unknown = (why: string): Recorder['broker'] => ({ commandsPerSecond: null, why });
