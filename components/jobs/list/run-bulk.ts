/** What became of one of many. */
export interface BulkOutcome {
  id: string;
  ok: boolean;
  text: string;
}

const IN_FLIGHT = 6;

/**
 * Runs one action on many jobs, six at a time, in order. One failure stops nothing; `signal` stops what has not begun.
 * `onProgress` is told after each one.
 */
export async function runBulk(
  ids: string[],
  run: (id: string) => Promise<string>,
  onProgress: (outcomes: BulkOutcome[]) => void,
  signal?: AbortSignal,
): Promise<BulkOutcome[]> {
  const outcomes: BulkOutcome[] = [];
  const queue = ids.values();
  const work = async () => {
    for (const id of queue) {
      if (signal?.aborted) return;
      const outcome = await run(id).then(
        (text) => ({ id, ok: true, text }),
        (error: unknown) => ({ id, ok: false, text: error instanceof Error ? error.message : String(error) }),
      );
      outcomes.push(outcome);
      onProgress([...outcomes]);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return outcomes;
}

/** Outcomes that read the same, together, the most frequent first. */
export function groupOutcomes(outcomes: BulkOutcome[]): { ok: boolean; text: string; ids: string[] }[] {
  const groups = new Map<string, { ok: boolean; text: string; ids: string[] }>();
  for (const { ok, text, id } of outcomes) {
    const group = groups.get(text) ?? { ok, text, ids: [] };
    group.ids.push(id);
    groups.set(text, group);
  }
  return [...groups.values()].sort((a, b) => Number(a.ok) - Number(b.ok) || b.ids.length - a.ids.length);
}
