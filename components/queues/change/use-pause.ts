import { showToast } from '@/components/ui/toast/toast-store';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import { type QueuePausing, usePauseQueue } from '@/lib/client/queues';

/** Pauses or resumes a queue and says so, with the way back. `before`: the reason that it was paused for, should it be paused again. */
export function usePause() {
  const { mutateAsync, isPending } = usePauseQueue();
  /** Throws ProblemError. */
  const run = async (asked: QueuePausing, before: string | null = null): Promise<void> => {
    const { source, queue, paused, reason = null } = asked;
    const answer = await mutateAsync(asked);
    // A pause that was somebody else's is not taken back from here.
    const isOurs = !('changed' in answer) || answer.changed === true;
    const back = { source, queue, paused: !paused, reason: paused ? null : before };
    const action = { label: paused ? 'Undo' : 'Pause again', run: () => void change(back, reason) };
    showToast({
      tone: 'done',
      title: describeDone(queue, paused, isOurs),
      detail: paused ? 'Jobs that run now end; no new one begins until it is resumed.' : undefined,
      href: isHere(source, queue) ? undefined : queueHref(source, queue),
      hrefLabel: 'Open queue',
      action: isOurs ? action : undefined,
    });
  };
  /** Says so too where it fails. */
  const change = (asked: QueuePausing, before: string | null = null): Promise<void> =>
    run(asked, before).catch((error: unknown) =>
      showToast({ tone: 'failed', title: `${asked.queue} was not changed`, detail: describeError(error) }),
    );
  return { run, change, isPending };
}

const isHere = (source: string, queue: string) => window.location.pathname === queueHref(source, queue);

function describeDone(queue: string, paused: boolean, isOurs: boolean): string {
  if (!paused) return `${queue} is running again`;
  return isOurs ? `${queue} is paused` : `${queue} was paused already`;
}
