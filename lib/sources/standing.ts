import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFacts } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { type SourceFigures, sharedSnapshot } from '@/lib/queues/snapshot';

/** What a probe waits beside the server's own answer; and how long it takes what others have read. */
const PROBE_WAIT_MS = 300;
const PROBE_KNOWN_MS = 300_000;

/** What a source's server says of itself, and its queues: one story wherever it is told. `figures`: null while it is away. */
export async function readStanding({
  backend,
}: SourceEntry): Promise<{ facts: SourceFacts; figures: SourceFigures | null }> {
  const facts = await backend.facts();
  if (facts.status !== 'up') return { facts, figures: null };
  const figures = await sharedSnapshot(backend).figures();
  return { facts: withRights(facts, figures), figures };
}

/** The same story for who asks every few seconds, day and night: that a broker is large must not delay it, nor keep its queues being read. */
export async function probeStanding({ backend }: SourceEntry): Promise<SourceFacts> {
  const facts = await backend.facts();
  if (facts.status !== 'up') return facts;
  const shared = sharedSnapshot(backend);
  const isKnown = Date.now() - (shared.last().at ?? 0) < PROBE_KNOWN_MS;
  if (!isKnown) await Promise.race([shared.figures(), sleep(PROBE_WAIT_MS)]);
  return withRights(facts, shared.last());
}

function withRights(facts: SourceFacts, { status, reason }: SourceFigures): SourceFacts {
  return status === 'restricted' ? { ...facts, status, reason } : facts;
}
