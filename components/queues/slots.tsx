import { formatCount } from '@/lib/format';

const MOST_DRAWN = 16;

/** Slots of workers, the busy ones filled; above 16 drawn in proportion. Unknown: a dash. */
export function Slots({ slots, busy }: { slots: number | null; busy: number | null }) {
  if (slots === null) return <span className="faint">—</span>;
  const drawn = Math.min(slots, MOST_DRAWN);
  const filled = slots === 0 ? 0 : Math.min(drawn, Math.ceil(((busy ?? 0) / slots) * drawn));
  return (
    <span className="inline-flex items-center gap-1.5 align-middle">
      <span className="slots" aria-hidden>
        {Array.from({ length: drawn }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: marks without identity
          <i key={at} className={at < filled ? 'b' : ''} />
        ))}
      </span>
      <span className="faint tnum">
        {formatCount(busy)}/{formatCount(slots)}
      </span>
    </span>
  );
}
