import type { MissingRight } from '@/lib/contracts/sources';

/** Rights that the broker's user lacks: what is not known for each, and what grants it. */
export function SourceRights({ rights }: { rights: MissingRight[] }) {
  if (rights.length === 0) return null;
  const byCost = new Map<string, MissingRight[]>();
  for (const right of rights) byCost.set(right.costs, [...(byCost.get(right.costs) ?? []), right]);
  return (
    <section className="notice paused" aria-label="Missing rights">
      <span className="dot translate-y-[-1px]" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="font-[600]">This broker's user may not do all that Queuedeck asks. The rest goes on.</b>
        <ul className="m-0 mt-1 grid list-none gap-1 p-0">
          {[...byCost].map(([costs, some]) => (
            <li key={costs}>
              {some.map(({ right }) => right).join(', ')} {some.length === 1 ? 'is' : 'are'} refused: {costs}.{' '}
              <span className="muted">
                Add <code className="mono">{some.map(({ remedy }) => remedy).join(' ')}</code>.
              </span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}
