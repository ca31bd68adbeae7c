import type { SourceFacts } from '@/lib/backends/backend';
import type { SourceEntry } from '@/lib/context';
import { type SourceFigures, sharedSnapshot } from '@/lib/queues/snapshot';

/** What a source's server says of itself, and its queues: one story wherever it is told. `figures`: null while it is away. */
export async function readStanding({
  backend,
}: SourceEntry): Promise<{ facts: SourceFacts; figures: SourceFigures | null }> {
  const facts = await backend.facts();
  if (facts.status !== 'up') return { facts, figures: null };
  const figures = await sharedSnapshot(backend).figures();
  if (figures.status !== 'restricted') return { facts, figures };
  return { facts: { ...facts, status: 'restricted', reason: figures.reason }, figures };
}
