import type { SweepResult } from '@/lib/contracts/queue-changes';

/**
 * Goes on until a sweep is done: each call removes a bounded number. `onProgress` hears the sum. Ends early by `signal`, and
 * when a call got nowhere.
 */
export async function sweep(
  step: (cursor: string | undefined) => Promise<SweepResult>,
  onProgress: (removed: number) => void,
  signal: AbortSignal,
): Promise<{ removed: number; done: boolean }> {
  let removed = 0;
  let cursor: string | undefined;
  for (;;) {
    const answer = await step(cursor);
    removed += answer.removed;
    onProgress(removed);
    if (answer.done) return { removed, done: true };
    if (signal.aborted || (answer.removed === 0 && answer.nextCursor === null)) return { removed, done: false };
    cursor = answer.nextCursor ?? undefined;
  }
}
