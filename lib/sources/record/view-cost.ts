import type { QueueBackend } from '@/lib/backends/backend';
import type { Recorder } from '@/lib/contracts/recorder';

const OVER_MS = 60_000;
const APART_MS = 1_000;

interface Sample {
  at: number;
  commands: number;
  bytes: number;
  brokerMs: number | null;
}

const samples = new WeakMap<QueueBackend, Sample[]>();

/** What the pages, streams and requests of this process ask of the broker, per second over the last minute. Null at first. */
export function viewCost(backend: QueueBackend): NonNullable<Recorder['cost']>['views'] {
  const cost = backend.cost?.();
  if (!cost) return null;
  const now: Sample = { at: Date.now(), ...cost };
  const known = samples.get(backend) ?? [];
  const last = known.at(-1);
  if (!last || now.at - last.at >= APART_MS) known.push(now);
  while (known.length > 2 && now.at - (known[1]?.at ?? now.at) >= OVER_MS) known.shift();
  samples.set(backend, known);
  const first = known[0] ?? now;
  const seconds = (now.at - first.at) / 1000;
  if (seconds < 1) return null;
  return {
    commandsPerSecond: Math.round(((now.commands - first.commands) / seconds) * 10) / 10,
    bytesPerSecond: Math.round((now.bytes - first.bytes) / seconds),
    share: shareOf(known, now),
  };
}

/** Since the first sample in which the broker's time was known. */
function shareOf(known: readonly Sample[], now: Sample): number | null {
  const first = known.find(({ brokerMs }) => brokerMs !== null);
  if (!first || now.brokerMs === null || now.at - first.at < 1_000) return null;
  return (now.brokerMs - (first.brokerMs ?? 0)) / (now.at - first.at);
}
