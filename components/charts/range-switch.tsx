'use client';

import { useParams } from '@/components/ui/use-param';
import { DEFAULT_RANGE, RANGE_NAMES, readRange } from '@/lib/client/range';
import type { RangeName } from '@/lib/contracts/metric-names';
import { formatDayClock } from '@/lib/format';

/** The period that figures are about, in the address. `otherwise`: the one that goes without saying. */
export function RangeSwitch({ otherwise = DEFAULT_RANGE }: { otherwise?: RangeName }) {
  const { params, linkTo } = useParams();
  const range = readRange(params, otherwise);
  return (
    <nav className="seg" aria-label="Period">
      {RANGE_NAMES.map((name) => (
        <a
          key={name}
          {...linkTo({ range: name === otherwise ? null : name, from: null, to: null })}
          aria-current={name === range.name ? 'true' : undefined}
        >
          {name}
        </a>
      ))}
      {range.from !== null && range.to !== null && (
        <a {...linkTo({ from: null, to: null })} aria-current="true" title="Chosen in a chart; a click leaves it">
          {formatDayClock(new Date(range.from), new Date(), false)} –{' '}
          {formatDayClock(new Date(range.to), new Date(), false)} ×
        </a>
      )}
    </nav>
  );
}
