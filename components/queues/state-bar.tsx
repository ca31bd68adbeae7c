import { STATE_LABELS } from '@/components/queues/state-labels';
import type { QueueFigures } from '@/lib/contracts/queues';
import type { JobState } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

const ORDER: JobState[] = ['waiting', 'active', 'delayed', 'prioritized', 'waiting-children', 'failed', 'completed'];

/** Shares by square root: a thousand failures stay visible beside a million completed jobs. */
export function StateBar({ counts }: Pick<QueueFigures, 'counts'>) {
  const parts = ORDER.map((state) => ({ state, count: counts[state] ?? 0 })).filter(({ count }) => count > 0);
  const total = parts.reduce((sum, { count }) => sum + Math.sqrt(count), 0);
  const words = parts.map(({ state, count }) => `${STATE_LABELS[state]} ${formatCount(count)}`).join(', ');
  return (
    <div className="bar" role="img" aria-label={words || 'No jobs'} title={words || 'No jobs'}>
      {parts.map(({ state, count }) => (
        <i key={state} className={state} style={{ width: `${(Math.sqrt(count) / total) * 100}%` }} />
      ))}
    </div>
  );
}
