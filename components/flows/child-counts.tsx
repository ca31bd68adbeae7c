import type { ChildCounts } from '@/lib/contracts/flows';
import { formatCount } from '@/lib/format';

const PARTS = [
  { name: 'processed', tone: 'completed' },
  { name: 'failed', tone: 'failed' },
  { name: 'ignored', tone: 'paused' },
  { name: 'pending', tone: 'waiting-children' },
] as const;

/** How a parent's children stand: a bar and its words. */
export function ChildCountsBar({ counts }: { counts: ChildCounts }) {
  const words = PARTS.filter(({ name }) => counts[name] > 0)
    .map(({ name }) => `${formatCount(counts[name])} ${name}`)
    .join(', ');
  return (
    <span className="inline-flex items-center gap-2" title={words}>
      <span className="bar max-w-24" role="img" aria-label={words || 'no children'}>
        {PARTS.map(({ name, tone }) =>
          counts[name] > 0 ? (
            <i key={name} className={tone} style={{ width: `${(counts[name] / Math.max(1, counts.total)) * 100}%` }} />
          ) : null,
        )}
      </span>
      <span className="faint tnum">
        {formatCount(counts.processed + counts.ignored)}/{formatCount(counts.total)}
        {counts.failed > 0 && <span className="bad"> {formatCount(counts.failed)} failed</span>}
      </span>
    </span>
  );
}
