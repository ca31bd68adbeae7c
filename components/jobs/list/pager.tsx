'use client';

import { Button } from '@/components/ui/button';
import type { useParams } from '@/components/ui/use-param';
import { JOBS_PER_PAGE } from '@/lib/client/http/page-sizes';
import { type ListParams, nextPageParams, previousPageParams } from '@/lib/client/list-params';
import { formatCount } from '@/lib/format';

interface PagerProps {
  list: ListParams;
  rows: number;
  total: number | null;
  atLeast: boolean;
  nextCursor: string | null;
  linkTo: ReturnType<typeof useParams>['linkTo'];
  onRefresh: () => void;
  busy: boolean;
}

/** Forward by the page's own cursor, back by those in the address. */
export function Pager({ list, rows, total, atLeast, nextCursor, linkTo, onRefresh, busy }: PagerProps) {
  const first = (list.page - 1) * JOBS_PER_PAGE + 1;
  return (
    <footer className="flex min-h-[43px] flex-wrap items-center gap-x-3 gap-y-1 border-line border-t px-[14px] py-1.5">
      <span className="faint tnum">
        {rows === 0 ? 'No rows' : `${list.page > 1 ? '≈ ' : ''}${formatCount(first)}–${formatCount(first + rows - 1)}`}{' '}
        of {formatCount(total, atLeast)}
      </span>
      <span className="faint ml-auto flex items-center gap-1.5 max-[1000px]:hidden">
        <kbd className="kbd">j</kbd>
        <kbd className="kbd">k</kbd> move <kbd className="kbd">x</kbd> select <kbd className="kbd">r</kbd> retry
      </span>
      <span className="flex gap-1.5 max-[1000px]:ml-auto">
        <Button small busy={busy} onClick={onRefresh}>
          Refresh
        </Button>
        <PageStep label="Previous page" sign="‹" link={list.page > 1 ? linkTo(previousPageParams(list)) : null} />
        <PageStep label="Next page" sign="›" link={nextCursor ? linkTo(nextPageParams(list, nextCursor)) : null} />
      </span>
    </footer>
  );
}

function PageStep({
  label,
  sign,
  link,
}: {
  label: string;
  sign: string;
  link: ReturnType<PagerProps['linkTo']> | null;
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
