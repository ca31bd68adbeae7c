'use client';

import { lazy, Suspense, useState } from 'react';
import { ChildCountsBar } from '@/components/flows/child-counts';
import { STATE_LABELS, STATE_ORDER } from '@/components/queues/state-labels';
import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Ago } from '@/components/ui/time';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import { useFlows } from '@/lib/client/flows';
import { describeError } from '@/lib/client/http/problem-error';
import { flowHref, queueHref } from '@/lib/client/http/url';
import type { FlowList, FlowRoot } from '@/lib/contracts/flows';
import type { JobState } from '@/lib/contracts/states';
import { formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const AddFlowDialog = lazy(() =>
  import('@/components/flows/add-flow-dialog').then((file) => ({ default: file.AddFlowDialog })),
);

/** Jobs that wait for children, and those that did: the roots, by state. */
export function FlowsView() {
  const { params, linkTo } = useParams();
  const asked = params.get('state');
  const state = STATE_ORDER.find((each) => each === asked) ?? null;
  const [adding, setAdding] = useState(false);
  return (
    <div className="page">
      <div className="head">
        <h1>Flows</h1>
        <span className="muted">Jobs that wait for other jobs</span>
        <div className="acts">
          <Button onClick={() => setAdding(true)}>Add flow</Button>
        </div>
      </div>
      <nav className="tabs" aria-label="Roots by state">
        <a {...linkTo({ state: null })} aria-current={state === null ? 'page' : undefined}>
          All
        </a>
        {STATE_ORDER.map((each) => (
          <a
            key={each}
            className={each}
            {...linkTo({ state: each })}
            aria-current={each === state ? 'page' : undefined}
          >
            <span className="dot" />
            {STATE_LABELS[each]}
          </a>
        ))}
      </nav>
      <FlowsCard key={state} state={state} />
      <Suspense fallback={<DialogComing onClose={() => setAdding(false)} />}>
        {adding && <AddFlowDialog onClose={() => setAdding(false)} />}
      </Suspense>
    </div>
  );
}

function FlowsCard({ state }: { state: JobState | null }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetching, isFetchingNextPage } = useFlows(null, state);
  const rows = data?.pages.flatMap((page) => page.items);
  const last = data?.pages.at(-1);
  if (!data && error)
    return (
      <ProblemNotice title="The flows could not be read" detail={describeError(error)}>
        <Button small onClick={() => void refetch()}>
          Try again
        </Button>
      </ProblemNotice>
    );
  return (
    <>
      {last?.missing.map(({ source, reason }) => (
        <ProblemNotice key={source} title={`Those of "${source}" are missing here`} detail={reason} />
      ))}
      <section className="card" aria-label="Flows">
        {!rows && <SkeletonRows rows={6} columns={5} />}
        {rows?.length === 0 && (
          <Empty title={hasNextPage ? 'No flow so far' : state ? `No root is ${state}` : 'No flow'}>
            <span>
              {hasNextPage
                ? 'The search stopped to spare the broker; it can go on.'
                : 'A flow is a job with children: it runs when they have ended. Add one here, or with a FlowProducer.'}
            </span>
          </Empty>
        )}
        {rows && rows.length > 0 && <RootTable rows={rows} />}
        {data && last && (
          <footer className="flex min-h-[43px] flex-wrap items-center gap-x-3 gap-y-1 border-line border-t px-[14px] py-1.5">
            <span className="faint tnum">{describeSearch(data.pages)}</span>
            <span className="ml-auto flex gap-1.5">
              <Button small busy={isFetching && !isFetchingNextPage} onClick={() => void refetch()}>
                Refresh
              </Button>
              {hasNextPage && (
                <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  Search on
                </Button>
              )}
            </span>
          </footer>
        )}
      </section>
    </>
  );
}

function describeSearch(pages: FlowList[]): string {
  const found = pages.reduce((sum, page) => sum + page.items.length, 0);
  const searched = pages.reduce((sum, page) => sum + page.searched, 0);
  const limits = pages.at(-1)?.limits;
  return `${formatPlural(found, 'flow')} among ${formatPlural(searched, 'job')} looked at.${limits ? ` ${limits}` : ''}`;
}

function RootTable({ rows }: { rows: FlowRoot[] }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Flow</th>
            <th className="col-1">Queue</th>
            <th>State</th>
            <th className="w-full">Children</th>
            <th className="col-1">Since</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.source} ${row.queue} ${row.id}`}>
              <td className="max-w-[300px]">
                <PageLink
                  className="clip block py-1 hover:underline"
                  href={flowHref(row.source, row.queue, row.id)}
                  title={toVisible(row.id)}
                >
                  <span className="name">
                    <Visible text={row.name} />
                  </span>{' '}
                  <span className="mono faint ml-1">
                    <Visible text={row.id} />
                  </span>
                </PageLink>
              </td>
              <td className="col-1 max-w-[160px]">
                <PageLink className="clip block hover:underline" href={queueHref(row.source, row.queue)}>
                  <Visible text={row.queue} />
                </PageLink>
              </td>
              <td>
                <StateMark state={row.state} />
              </td>
              <td>
                <ChildCountsBar counts={row.children} />
              </td>
              <td className="col-1 muted">
                <Ago at={row.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
