import type { SourceEntry } from '@/lib/context';
import type { FoundJob } from '@/lib/contracts/search';

const ANSWER_MS = 1_000;

/** Which of the jobs their brokers still have; null = not known just now. One pipelined read for each queue. */
export async function findPresent(
  sources: ReadonlyMap<string, SourceEntry>,
  jobs: readonly FoundJob[],
): Promise<(boolean | null)[]> {
  const present: (boolean | null)[] = jobs.map(({ inBroker }) => inBroker);
  const byQueue = new Map<string, number[]>();
  for (const [i, { source, queue, inBroker }] of jobs.entries()) {
    if (inBroker === false) continue;
    const key = `${source}\n${queue}`;
    byQueue.set(key, [...(byQueue.get(key) ?? []), i]);
  }
  await Promise.all(
    [...byQueue.values()].map(async (places) => {
      const first = jobs[places[0] ?? 0];
      const recording = first && sources.get(first.source)?.backend.recording;
      if (!first || !recording) return;
      const ids = places.map((i) => jobs[i]?.id ?? '');
      const found = await Promise.race([
        recording.hasJobs(first.queue, ids).catch(() => null),
        new Promise<null>((done) => setTimeout(done, ANSWER_MS, null).unref()),
      ]);
      for (const [n, i] of places.entries()) present[i] = found?.[n] ?? null;
    }),
  );
  return present;
}
