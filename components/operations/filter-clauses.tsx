'use client';

import { useHydrated, useNow } from '@/components/ui/now';
import { Visible } from '@/components/ui/visible';
import { listClauses } from '@/lib/client/operation-words';
import type { FilterInput } from '@/lib/client/operations';
import { formatCount, formatDayClock } from '@/lib/format';

interface FilterClausesProps {
  filter: FilterInput;
  /** How many were named by their ids, where the filter came without them. */
  ids?: number | null;
}

/** The exact filter in words: all of these hold. */
export function FilterClauses({ filter, ids = null }: FilterClausesProps) {
  const utc = !useHydrated();
  const now = new Date(useNow());
  const clauses = listClauses(filter, (iso) => formatDayClock(new Date(iso), now, utc));
  if (ids !== null) clauses.push({ name: 'chosen by hand', value: formatCount(ids) });
  return (
    <ul className="clauses" aria-label="Which jobs">
      {clauses.map(({ name, value }) => (
        <li key={`${name} ${value}`} className="chip">
          <b>{name}</b> <Visible text={value} />
        </li>
      ))}
    </ul>
  );
}
