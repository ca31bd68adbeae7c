'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { buildRequest, jobHref } from '@/lib/client/http/url';
import { type OutcomeKind, useOutcomes } from '@/lib/client/operations';
import { keys } from '@/lib/client/query-keys';
import type { Operation } from '@/lib/contracts/operations';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const KINDS: (OutcomeKind | null)[] = [null, 'done', 'skipped', 'failed', 'pending'];
const TONES: Record<OutcomeKind, string> = {
  done: 'completed',
  skipped: 'waiting',
  failed: 'failed',
  pending: 'unknown',
};
const WORDS: Record<OutcomeKind, string> = { done: 'Done', skipped: 'Skipped', failed: 'Failed', pending: 'To do' };

/** Exactly one outcome for each job of the set, with its reason. */
export function OutcomesCard({ operation }: { operation: Operation }) {
  const { params, linkTo } = useParams();
  const asked = params.get('outcome');
  const kind = KINDS.find((each) => each === asked) ?? null;
  const known = useOutcomes(operation.id, kind);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = known;
  useRefreshAtEnd(operation);
  const rows = data?.pages.flatMap((page) => page.items);
  const counts: Record<OutcomeKind, number> = {
    ...operation,
    pending: Math.max(0, operation.total - operation.done - operation.skipped - operation.failed),
  };
  return (
    <section className="card" aria-label="Outcomes">
      <header className="flex-wrap">
        <h2>Outcomes</h2>
        <nav className="seg" aria-label="Which outcomes">
          {KINDS.map((each) => (
            <a key={each} {...linkTo({ outcome: each })} aria-current={each === kind ? 'true' : undefined}>
              {each === null ? 'All' : WORDS[each]}
              <span className="tnum ml-1.5 font-normal text-ink-3">
                {formatCount(each === null ? operation.total : counts[each])}
              </span>
            </a>
          ))}
        </nav>
        <div className="r">
          <Download operation={operation.id} kind={kind} format="csv" />
          <Download operation={operation.id} kind={kind} format="ndjson" />
        </div>
      </header>
      {!rows && error && (
        <div className="p-[14px]">
          <ProblemNotice title="The outcomes could not be read" detail={describeError(error)}>
            <Button small onClick={() => void refetch()}>
              Try again
            </Button>
          </ProblemNotice>
        </div>
      )}
      {!rows && !error && <SkeletonRows rows={6} columns={3} />}
      {rows?.length === 0 && (
        <Empty title={kind === null ? 'No job is in the set' : `None is ${WORDS[kind].toLowerCase()}`} />
      )}
      {rows && rows.length > 0 && (
        <div className="scroll-x">
          <table className="grid-table">
            <thead>
              <tr>
                <th>Job</th>
                <th>Outcome</th>
                <th className="w-full">Why</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td className="mono max-w-[260px]">
                    <PageLink
                      className="clip block hover:underline"
                      href={jobHref(operation.source, operation.queue, row.id)}
                      title={toVisible(row.id)}
                    >
                      <Visible text={row.id} />
                    </PageLink>
                  </td>
                  <td>
                    <span className={`state ${TONES[row.outcome]}`}>
                      <span className="dot" />
                      {WORDS[row.outcome]}
                    </span>
                  </td>
                  <td className="muted max-w-0">
                    <span className="clip block" title={row.reason ? toVisible(row.reason) : undefined}>
                      <Visible text={row.reason} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(hasNextPage || rows) && (
        <footer className="flex min-h-[43px] items-center gap-3 border-line border-t px-[14px]">
          <span className="faint tnum">
            {formatCount(rows?.length)} of {formatCount(kind === null ? operation.total : counts[kind])}
          </span>
          <span className="ml-auto flex gap-1.5">
            <Button small onClick={() => void refetch()}>
              Refresh
            </Button>
            {hasNextPage && (
              <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                More
              </Button>
            )}
          </span>
        </footer>
      )}
    </section>
  );
}

/** Rows do not move while it runs; when it has ended they are read once more. */
function useRefreshAtEnd({ id, endedAt }: Operation): void {
  const client = useQueryClient();
  useEffect(() => {
    if (endedAt) void client.invalidateQueries({ queryKey: keys.outcomes(id, null).slice(0, 3) });
  }, [client, id, endedAt]);
}

function Download({
  operation,
  kind,
  format,
}: {
  operation: string;
  kind: OutcomeKind | null;
  format: 'csv' | 'ndjson';
}) {
  const { url } = buildRequest('operation.outcomes', { operation, outcome: kind ?? undefined, format });
  return (
    <a className="link" href={url} download={`operation-${operation.slice(0, 8)}.${format}`}>
      {format.toUpperCase()}
    </a>
  );
}
