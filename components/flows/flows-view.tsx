'use client';

import { lazy, Suspense, useState } from 'react';
import { describeList } from '@/components/flows/describe-list';
import { RootTable } from '@/components/flows/root-table';
import { STATE_LABELS, STATE_ORDER } from '@/components/queues/state-labels';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Empty } from '@/components/ui/empty';
import { useHydrated, useNow } from '@/components/ui/now';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { useFlows } from '@/lib/client/flows';
import { describeError } from '@/lib/client/http/problem-error';
import type { JobState } from '@/lib/contracts/states';
import { formatCount, formatDayClock } from '@/lib/format';

const AddFlowDialog = lazy(() =>
  import('@/components/flows/add-flow-dialog').then((file) => ({ default: file.AddFlowDialog })),
);

/** Jobs that wait for children, and those that did: the roots, by state. */
export function FlowsView() {
  const { params, linkTo } = useParams();
  const asked = params.get('state');
  const state = STATE_ORDER.find((each) => each === asked) ?? null;
  const [adding, setAdding] = useState(false);
  const failing = useFlows(null, state).data?.pages.at(-1)?.failing;
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
            {each === 'failed' && failing && (
              <span className="n tnum">{formatCount(failing.flows, failing.atLeast)}</span>
            )}
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
  const utc = !useHydrated();
  const now = useNow();
  const dayOf = (iso: string) => formatDayClock(new Date(iso), new Date(now), utc);
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
          <Empty title={titleEmpty(state, hasNextPage)}>
            <span>
              {hasNextPage
                ? 'The search stopped to spare the broker; it can go on.'
                : state === 'failed'
                  ? 'Neither a root nor a job below one stands as failed.'
                  : 'A flow is a job with children: it runs when they have ended. Add one here, or with a FlowProducer.'}
            </span>
          </Empty>
        )}
        {rows && rows.length > 0 && <RootTable rows={rows} isFailing={state === 'failed'} />}
        {data && last && (
          <footer className="flex min-h-[43px] flex-wrap items-center gap-x-3 gap-y-1 border-line border-t px-[14px] py-1.5">
            <span className="faint tnum">{describeList(data.pages, dayOf)}</span>
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

function titleEmpty(state: JobState | null, hasNextPage: boolean): string {
  if (hasNextPage) return 'No flow so far';
  if (state === 'failed') return 'Nothing failed in any flow';
  return state ? `No root is ${state}` : 'No flow';
}
