import { showToast } from '@/components/ui/toast/toast-store';
import { describeError } from '@/lib/client/http/problem-error';
import { queueHref } from '@/lib/client/http/url';
import { type QueuePausing, usePauseQueue } from '@/lib/client/queues';

/** Pauses or resumes a queue and says so, with the way back. */
export function usePause() {
  const { mutateAsync, isPending } = usePauseQueue();
  /** `before`: the reason that it was paused for, should it be paused again. True when it is done. */
  const change = async (asked: QueuePausing, before: string | null = null): Promise<boolean> => {
    const { source, queue, paused, reason = null } = asked;
    const link = { href: queueHref(source, queue), hrefLabel: 'Open queue' };
    try {
      const answer = await mutateAsync(asked);
      // A pause that was somebody else's is not taken back from here.
      const isOurs = !('changed' in answer) || answer.changed === true;
      const back = { source, queue, paused: !paused, reason: paused ? null : before };
      const action = { label: paused ? 'Undo' : 'Pause again', run: () => void change(back, reason) };
      showToast({
        ...link,
        tone: 'done',
        title: describeDone(queue, paused, isOurs),
        detail: paused ? 'Jobs that run now end; no new one begins until it is resumed.' : undefined,
        action: isOurs ? action : undefined,
      });
      return true;
    } catch (error) {
      showToast({ tone: 'failed', title: `${queue} was not changed`, detail: describeError(error) });
      return false;
    }
  };
  return { change, isPending };
}

function describeDone(queue: string, paused: boolean, isOurs: boolean): string {
  if (!paused) return `${queue} is running again`;
  return isOurs ? `${queue} is paused` : `${queue} was paused already`;
}
