'use client';

import { useState } from 'react';
import { HEALTH_LABELS } from '@/components/queues/health/health-words';
import { matchesFilter } from '@/components/queues/list/choose-queues';
import { COLUMNS } from '@/components/queues/list/columns';
import {
  firstDirOf,
  MOST_NAME_CHARS,
  type QueueFilter,
  type QueueSort,
  type QueuesAddress,
  sortQuery,
} from '@/components/queues/list/queues-address';
import { useParams } from '@/components/ui/use-param';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import { ATTENTION_LANES } from '@/lib/contracts/states';
import { formatCount } from '@/lib/format';

const ALWAYS: readonly QueueFilter[] = ['all', ...ATTENTION_LANES];
const REST: readonly QueueFilter[] = ['unclear', 'moving', 'idle', 'empty'];

/** One for each state that there is, with how many queues it has. `queues`: those whose name fits. */
export function HealthFilters({ queues, filter }: { queues: readonly SeenQueue[]; filter: QueueFilter }) {
  const { linkTo } = useParams();
  const counts = new Map(
    [...ALWAYS, ...REST].map((id) => [id, queues.filter((queue) => matchesFilter(queue, id)).length]),
  );
  const shown = [...ALWAYS, ...REST.filter((id) => id === filter || (counts.get(id) ?? 0) > 0)];
  return (
    <nav className="seg" aria-label="Filter queues">
      {shown.map((id) => (
        <a
          key={id}
          {...linkTo({ filter: id === 'all' ? null : id, show: null })}
          aria-current={id === filter ? 'true' : undefined}
        >
          {id === 'all' ? 'All' : HEALTH_LABELS[id]} <span className="faint tnum">{formatCount(counts.get(id))}</span>
        </a>
      ))}
    </nav>
  );
}

/** A part of the name, applied as it is typed. */
export function NameFilter({ name }: { name: string }) {
  const { hrefWith } = useParams();
  const [text, setText] = useState(name);
  const [before, setBefore] = useState(name);
  // Back and forward change the address without this field.
  if (before !== name) {
    setBefore(name);
    setText(name);
  }
  const apply = (next: string) => {
    setText(next);
    setBefore(next);
    window.history.replaceState(null, '', hrefWith({ name: next || null }));
  };
  return (
    <input
      type="search"
      className="input min-w-0 max-w-[300px] flex-1 basis-[180px]"
      aria-label="Filter queues by name"
      placeholder="Filter by name"
      maxLength={MOST_NAME_CHARS}
      autoComplete="off"
      spellCheck={false}
      value={text}
      onChange={(event) => apply(event.currentTarget.value)}
    />
  );
}

/** Where there is no room for the heads. */
export function SortSelect({ address, showSource }: { address: QueuesAddress; showSource: boolean }) {
  const { hrefWith, follow, linkTo } = useParams();
  const other = address.dir === 'asc' ? 'desc' : 'asc';
  return (
    <span className="narrow-sort">
      <select
        className="input"
        aria-label="Sort queues by"
        value={address.sort}
        onChange={(event) => {
          const sort = event.currentTarget.value as QueueSort;
          follow(hrefWith(sortQuery(sort, firstDirOf(sort))));
        }}
      >
        {COLUMNS.filter(({ sort }) => sort !== 'source' || showSource).map(({ sort, label, full }) => (
          <option key={sort} value={sort}>
            {full ?? label}
          </option>
        ))}
      </select>
      <a className="btn" {...linkTo(sortQuery(address.sort, other))}>
        <span aria-hidden>{address.dir === 'asc' ? '↑' : '↓'}</span>
        <span className="sr-only">{address.dir === 'asc' ? 'Ascending: turn round' : 'Descending: turn round'}</span>
      </a>
    </span>
  );
}
