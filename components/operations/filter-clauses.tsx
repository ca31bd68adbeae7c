'use client';

import { useHydrated, useNow } from '@/components/ui/now';
import { listClauses } from '@/lib/client/operation-words';
import type { FilterInput } from '@/lib/client/operations';
import { formatDayClock } from '@/lib/format';

/** The exact filter in words: all of these hold. */
export function FilterClauses({ filter }: { filter: FilterInput }) {
  const utc = !useHydrated();
  const now = new Date(useNow());
  const clauses = listClauses(filter, (iso) => formatDayClock(new Date(iso), now, utc));
  return (
    <ul className="clauses" aria-label="Which jobs">
      {clauses.map(({ name, value }) => (
        <li key={`${name} ${value}`} className="chip">
          <b>{name}</b> {value}
        </li>
      ))}
    </ul>
  );
}
