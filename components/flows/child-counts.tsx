import type { ChildCounts, ChildKind } from '@/lib/contracts/flows';
import { formatCount } from '@/lib/format';

const PARTS = [
  { name: 'processed', tone: 'completed' },
  { name: 'failed', tone: 'failed' },
  { name: 'ignored', tone: 'paused' },
  { name: 'pending', tone: 'waiting-children' },
] as const;

const WORDS = { processed: 'done', failed: 'failed', ignored: 'failed and ignored', pending: 'still to end' } as const;

/** Where not all unfinished children were looked at, more of them may have failed. */
export const countOf = (counts: ChildCounts, kind: ChildKind) =>
  kind === 'pending' && counts.atLeast
    ? `≤ ${formatCount(counts.pending)}`
    : formatCount(counts[kind], kind === 'failed' && counts.atLeast);

/** How a parent's children stand: a bar and its words. */
export function ChildCountsBar({ counts }: { counts: ChildCounts }) {
  const words = PARTS.filter(({ name }) => counts[name] > 0)
    .map(({ name }) => `${countOf(counts, name)} ${WORDS[name]}`)
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
        {counts.failed > 0 && <span className="bad"> {countOf(counts, 'failed')} failed</span>}
      </span>
    </span>
  );
}
