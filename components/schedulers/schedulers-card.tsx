'use client';

import { lazy, Suspense, useState } from 'react';
import { SchedulerTable } from '@/components/schedulers/scheduler-table';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { Empty } from '@/components/ui/empty';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { type SchedulerAddress, useSchedulers } from '@/lib/client/schedulers';

const SchedulerDialog = lazy(() =>
  import('@/components/schedulers/scheduler-dialog').then((file) => ({ default: file.SchedulerDialog })),
);

interface SchedulersCardProps {
  /** Of one queue, or of all. */
  of: { source: string; queue: string } | null;
}

/** What runs by itself, soonest first. */
export function SchedulersCard({ of }: SchedulersCardProps) {
  const known = useSchedulers(of?.source ?? null, of?.queue ?? null);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = known;
  const [asked, setAsked] = useState<{ address: SchedulerAddress | null } | null>(null);
  const first = data?.pages[0];
  const rows = data?.pages.flatMap((page) => page.items);
  return (
    <>
      {first?.missing.map(({ source, reason }) => (
        <ProblemNotice key={source} title={`Those of "${source}" are missing here`} detail={reason} />
      ))}
      {first && !first.pausedKnown && (
        <ProblemNotice title="Paused ones are missing here" detail="The store that keeps them is away." />
      )}
      {!data && error ? (
        <ProblemNotice title="The schedulers could not be read" detail={describeError(error)}>
          <Button small onClick={() => void refetch()}>
            Try again
          </Button>
        </ProblemNotice>
      ) : (
        <section className="card" aria-labelledby="schedulers-title">
          <header>
            <h2 id="schedulers-title">{of ? <Visible text={`Of ${of.queue}`} /> : 'All'}</h2>
            <div className="r">
              <Button small onClick={() => setAsked({ address: null })}>
                New scheduler
              </Button>
            </div>
          </header>
          {!rows && <SkeletonRows rows={5} columns={5} />}
          {rows?.length === 0 && (
            <Empty title="Nothing runs by itself">
              <span>
                A scheduler adds a job again and again, by the calendar or at an interval. Make one here, or in code:
              </span>
              <pre>{"await queue.upsertJobScheduler('nightly', { pattern: '0 3 * * *' }, { name: 'clean-up' });"}</pre>
            </Empty>
          )}
          {rows && rows.length > 0 && (
            <SchedulerTable
              rows={rows}
              showQueue={of === null}
              onEdit={(row) => setAsked({ address: { source: row.source, queue: row.queue, scheduler: row.id } })}
            />
          )}
          {hasNextPage && (
            <footer className="flex justify-center border-line border-t p-2">
              <Button small busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                More
              </Button>
            </footer>
          )}
        </section>
      )}
      <Suspense fallback={<DialogComing onClose={() => setAsked(null)} />}>
        {asked && <SchedulerDialog address={asked.address} of={of} onClose={() => setAsked(null)} />}
      </Suspense>
    </>
  );
}
