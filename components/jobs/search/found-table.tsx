'use client';

import { useRef } from 'react';
import { moveInTable } from '@/components/jobs/list/mark-row';
import { FoundRow } from '@/components/jobs/search/found-row';
import { useKeys } from '@/components/shell/shortcuts';
import { useParams } from '@/components/ui/use-param';
import type { Search } from '@/lib/client/search-address';
import type { FoundJobs, SearchSort } from '@/lib/contracts/search';

interface FoundTableProps {
  search: Search;
  found: FoundJobs;
  dim: boolean;
}

/** Rows of the page that was asked for: they stay as they were found. Headings sort, as addresses. */
export function FoundTable({ search, found, dim }: FoundTableProps) {
  const ref = useRef<HTMLTableElement>(null);
  const { linkTo } = useParams();
  const showSource = new Set(found.items.map(({ source }) => source)).size > 1;
  useKeys((key) => (key === 'j' || key === 'k' ? moveInTable(ref.current, key === 'j' ? 1 : -1) : false));
  const sorted = (sort: SearchSort, label: string, className = '') => (
    <SortHeading sort={sort} label={label} className={className} search={search} linkTo={linkTo} />
  );
  return (
    <>
      <div className="scroll-x" aria-busy={dim}>
        <table ref={ref} className={`grid-table ${dim ? 'opacity-60' : ''}`}>
          <thead>
            <tr>
              <th>Job</th>
              <th className="col-1">Name</th>
              <th className="col-1">Queue</th>
              <th className="col-1">State</th>
              <th className="num col-3">Attempts</th>
              {sorted('added', 'Added', 'col-1')}
              {sorted('finished', 'Ended', 'col-2')}
              {sorted('wait', 'Waited', 'num col-3')}
              {sorted('run', 'Ran', 'num col-2')}
              <th className="w-full col-1">Error</th>
            </tr>
          </thead>
          <tbody>
            {found.items.map((row) => (
              <FoundRow key={`${row.source} ${row.queue} ${row.id} ${row.addedAt}`} row={row} showSource={showSource} />
            ))}
          </tbody>
        </table>
      </div>
      <footer className="flex min-h-[43px] items-center gap-1.5 border-line border-t px-[14px] py-1.5">
        <span className="faint max-[1000px]:hidden">
          <kbd className="kbd">j</kbd> <kbd className="kbd">k</kbd> move <kbd className="kbd">/</kbd> search
        </span>
        <span className="ml-auto flex gap-1.5">
          <Step label="Previous page" sign="‹" link={found.prevCursor ? linkTo({ at: found.prevCursor }) : null} />
          <Step label="Next page" sign="›" link={found.nextCursor ? linkTo({ at: found.nextCursor }) : null} />
        </span>
      </footer>
    </>
  );
}

interface SortHeadingProps {
  sort: SearchSort;
  label: string;
  className: string;
  search: Search;
  linkTo: ReturnType<typeof useParams>['linkTo'];
}

function SortHeading({ sort, label, className, search, linkTo }: SortHeadingProps) {
  const isThis = search.sort === sort;
  const order = isThis && search.order === 'desc' ? 'asc' : 'desc';
  const direction = search.order === 'asc' ? 'ascending' : 'descending';
  return (
    <th className={className} aria-sort={isThis ? direction : undefined}>
      <a className="hover:text-ink" {...linkTo({ sort, order: order === 'desc' ? null : order, at: null })}>
        {label}
        {isThis && <span aria-hidden> {search.order === 'asc' ? '↑' : '↓'}</span>}
      </a>
    </th>
  );
}

function Step({
  label,
  sign,
  link,
}: {
  label: string;
  sign: string;
  link: ReturnType<SortHeadingProps['linkTo']> | null;
}) {
  if (!link)
    return (
      <span className="btn sm" aria-disabled="true">
        <span aria-hidden>{sign}</span>
        <span className="sr-only">{label}: there is none</span>
      </span>
    );
  return (
    <a className="btn sm" {...link}>
      <span aria-hidden>{sign}</span>
      <span className="sr-only">{label}</span>
    </a>
  );
}
