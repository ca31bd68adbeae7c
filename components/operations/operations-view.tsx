'use client';

import { BinCard } from '@/components/operations/bin-card';
import { OperationTable } from '@/components/operations/operation-table';
import { Button } from '@/components/ui/button';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { describeError } from '@/lib/client/http/problem-error';
import { OPERATIONS_TOPIC } from '@/lib/client/live/topics';
import { useTopic } from '@/lib/client/live/use-live';
import { isUnderWay, useOperations } from '@/lib/client/operations';
import { formatCount } from '@/lib/format';

/** What is being changed in bulk, what was, and what can be put back. */
export function OperationsView() {
  const { params, linkTo } = useParams();
  const isBin = params.get('view') === 'bin';
  useTopic(OPERATIONS_TOPIC);
  return (
    <div className="page">
      <div className="head">
        <h1>Operations</h1>
        <nav className="seg ml-auto" aria-label="View">
          <a {...linkTo({ view: null })} aria-current={isBin ? undefined : 'true'}>
            Operations
          </a>
          <a {...linkTo({ view: 'bin' })} aria-current={isBin ? 'true' : undefined}>
            Recycle bin
          </a>
        </nav>
      </div>
      {isBin ? <BinCard /> : <OperationsCard />}
    </div>
  );
}

function OperationsCard() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useOperations();
  const operations = data?.pages.flatMap((page) => page.items);
  const running = operations?.filter(isUnderWay) ?? [];
  const past = operations?.filter((operation) => !isUnderWay(operation)) ?? [];
  if (!operations && error)
    return (
      <ProblemNotice title="The operations could not be read" detail={describeError(error)}>
        <Button small onClick={() => void refetch()}>
          Try again
        </Button>
      </ProblemNotice>
    );
  if (operations?.length === 0)
    return (
      <section className="card" aria-label="Operations">
        <Empty title="No operation yet">
          <span>
            Select jobs in a queue, or all that match a filter, and choose what becomes of them. The set is fixed,
            counted and written down before the first one changes; it goes on when this page is closed.
          </span>
        </Empty>
      </section>
    );
  return (
    <>
      {running.length > 0 && (
        <section className="card" aria-labelledby="running-title">
          <header>
            <h2 id="running-title">Under way</h2>
            <div className="r tnum">{formatCount(running.length)}</div>
          </header>
          <OperationTable operations={running} />
        </section>
      )}
      <section className="card" aria-labelledby="past-title">
        <header>
          <h2 id="past-title">Past</h2>
        </header>
        {!operations && <SkeletonRows rows={5} columns={6} />}
        {past.length > 0 ? <OperationTable operations={past} /> : operations && <Empty title="None has ended yet" />}
        {hasNextPage && (
          <footer className="flex justify-center border-line border-t p-2">
            <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Older ones
            </Button>
          </footer>
        )}
      </section>
    </>
  );
}
