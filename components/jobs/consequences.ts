import type { Job } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

/** What a retry means, said before it is done. */
export function describeRetry(state: JobState): string {
  return state === 'completed'
    ? 'It completed already. It runs again from its start, and what it does outside of the queue (mail, payments, files) happens again.'
    : 'It goes back to the queue and runs again, with whatever it does outside of it.';
}

/** Whether a removal can be taken back, and if not why. `isWhole`: all that hangs on it goes too. */
export function describeUndo({ bin, children }: Pick<Job, 'bin' | 'children'>, isWhole: boolean): string {
  const cannot =
    bin.cannot ?? (isWhole && children !== null ? 'the recycle bin keeps a job, but not the flow below it.' : null);
  if (cannot === null)
    return `The recycle bin keeps it with its data, result and log for ${describeHours(bin.hours)}: it can be put back.`;
  return `This cannot be undone: ${cannot[0]?.toLowerCase() ?? ''}${cannot.slice(1)}`;
}

export const isUndoable = ({ bin, children }: Pick<Job, 'bin' | 'children'>, isWhole: boolean): boolean =>
  bin.cannot === null && !(isWhole && children !== null);

const describeHours = (hours: number) => (hours === 1 ? 'an hour' : `${formatCount(hours)} hours`);
