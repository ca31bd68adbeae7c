'use client';

import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { JobTable } from '@/components/jobs/list/job-table';
import { Pager } from '@/components/jobs/list/pager';
import { useJobActions } from '@/components/jobs/list/use-job-actions';
import { useNewJobs } from '@/components/jobs/list/use-new-jobs';
import { FilterBar } from '@/components/jobs/select/filter-bar';
import { useFrozen } from '@/components/jobs/select/use-frozen';
import { useSelection } from '@/components/jobs/select/use-selection';
import { STATE_LABELS } from '@/components/queues/state-labels';
import { Button } from '@/components/ui/button';
import { DialogComing } from '@/components/ui/dialog-coming';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { describeError } from '@/lib/client/http/problem-error';
import { hasFilter, readListFilter, toFilter } from '@/lib/client/job-filter';
import { useJobList } from '@/lib/client/jobs';
import type { ListParams } from '@/lib/client/list-params';
import type { ActionKind } from '@/lib/client/operations';
import { keys } from '@/lib/client/query-keys';
import { countSelected, isSelected, NOTHING, type Selection, toOperationFilter } from '@/lib/client/selection';
import type { QueueFigures } from '@/lib/contracts/queues';
import { formatCount } from '@/lib/format';

// What most lists do not show comes when it is shown.
const EmptyJobs = lazy(() => import('@/components/jobs/list/empty-jobs').then((file) => ({ default: file.EmptyJobs })));
const searched = () => import('@/components/jobs/select/searched');
const LeftOutNote = lazy(() => searched().then((file) => ({ default: file.LeftOutNote })));
const NoMatch = lazy(() => searched().then((file) => ({ default: file.NoMatch })));
const Searched = lazy(() => searched().then((file) => ({ default: file.Searched })));
const SelectionBar = lazy(() =>
  import('@/components/jobs/select/selection-bar').then((file) => ({ default: file.SelectionBar })),
);
const OperationDialog = lazy(() =>
  import('@/components/operations/operation-dialog').then((file) => ({ default: file.OperationDialog })),
);

interface JobListCardProps {
  source: string;
  queue: string;
  list: ListParams;
  figures: QueueFigures | undefined;
}

/** What a dialog was opened for; it keeps that whatever happens below it. */
interface Asked {
  kind: ActionKind;
  selection: Selection;
  drifted: string | null;
}

const NO_ROWS: never[] = [];
/** More than this is an operation: it survives this page, and says how each one ended. */
const FEW = 50;

/** One state's jobs, page by page, with what can be done to them. */
export function JobListCard({ source, queue, list, figures }: JobListCardProps) {
  const client = useQueryClient();
  const { params, linkTo, follow, hrefWith } = useParams();
  const filter = readListFilter(params);
  const filtered = hasFilter(filter);
  const jobs = useJobList(source, queue, list.state, list.cursor, filter);
  const { selection, select, drifted } = useSelection(source, queue, list.state);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [isRowAsked, setRowAsked] = useState(false);
  const actions = useJobActions(source, queue);
  const rows = useFrozen(jobs.data?.items ?? NO_ROWS, asked !== null || isRowAsked);
  const arrived = useNewJobs(source, queue, list.state, rows);
  const of = { source, queue, state: list.state };

  const showNew = () => {
    arrived.forget();
    if (list.cursor) follow(hrefWith({ at: null, page: null }));
    void client.invalidateQueries({ queryKey: keys.jobList(source, queue, list.state, null).slice(0, 6) });
  };
  const act = async (kind: ActionKind) => {
    // What has completed happens again: that is never begun without a word.
    const isAsked = kind === 'retry' && list.state === 'completed';
    const isFew = selection.kind === 'ids' && selection.ids.size <= FEW;
    const isQuick = (kind === 'retry' || kind === 'promote') && isFew && !isAsked;
    if (!isQuick) return setAsked({ kind, selection, drifted });
    const outcomes = await actions.runMany(`job.${kind}`, [...selection.ids]);
    const done = new Set(outcomes.filter(({ ok }) => ok).map(({ id }) => id));
    select({ kind: 'ids', ids: new Set([...selection.ids].filter((id) => !done.has(id))) });
  };
  const isShown = (row: Parameters<typeof isSelected>[1]) => isSelected(selection, row);
  return (
    <section className="card" aria-label={`${STATE_LABELS[list.state]} jobs`}>
      <FilterBar
        key={`${filter.name} ${filter.error}`}
        state={list.state}
        filter={filter}
        go={follow}
        hrefWith={hrefWith}
      />
      {(countSelected(selection) > 0 || actions.run) && (
        <Suspense fallback={<div className="selbar" />}>
          <SelectionBar
            selection={selection}
            elsewhere={countSelected(selection) - rows.filter(isShown).length}
            drifted={drifted}
            state={list.state}
            makeFilter={() => toFilter(of, filter, Date.now())}
            filtered={filtered}
            run={actions.run}
            onSelect={select}
            onAction={(kind) => void act(kind)}
            onClear={() => select(NOTHING)}
          />
        </Suspense>
      )}
      {arrived.count > 0 && !filtered && (
        <button
          type="button"
          className="block w-full border-line border-b bg-sunken py-1.5 text-center font-medium text-ink-2 hover:text-ink"
          onClick={showNew}
        >
          {formatCount(arrived.count, arrived.atLeast)} new
        </button>
      )}
      <Suspense>
        {filtered && jobs.data && <Searched list={jobs.data} />}
        {jobs.data?.leftOut && <LeftOutNote leftOut={jobs.data.leftOut} />}
      </Suspense>
      {jobs.error && !jobs.data && (
        <div className="p-[14px]">
          <ProblemNotice title="The jobs could not be read" detail={describeError(jobs.error)}>
            <Button small onClick={() => void jobs.refetch()}>
              Try again
            </Button>
          </ProblemNotice>
        </div>
      )}
      {!jobs.data && !jobs.error && <SkeletonRows rows={10} columns={7} />}
      {jobs.data && rows.length === 0 && (
        <Suspense fallback={<div className="empty" />}>
          {filtered ? (
            <NoMatch list={jobs.data} state={list.state} />
          ) : (
            <EmptyJobs source={source} queue={queue} state={list.state} isFirst={list.cursor === null} />
          )}
        </Suspense>
      )}
      {rows.length > 0 && (
        <JobTable
          rows={rows}
          state={list.state}
          dim={jobs.isPlaceholderData}
          selection={selection}
          onSelect={select}
          onAsk={setRowAsked}
          onAction={actions.runOne}
        />
      )}
      {jobs.data && (rows.length > 0 || list.page > 1 || jobs.data.nextCursor) && (
        <Pager
          list={list}
          rows={rows.length}
          total={filtered ? null : (figures?.counts[list.state] ?? null)}
          atLeast={figures?.countsAtLeast.includes(list.state) ?? false}
          nextCursor={jobs.data.nextCursor}
          linkTo={linkTo}
          onRefresh={() => {
            arrived.forget();
            void jobs.refetch();
          }}
          busy={jobs.isFetching}
        />
      )}
      <Suspense fallback={<DialogComing onClose={() => setAsked(null)} />}>
        {asked && (
          <OperationDialog
            kind={asked.kind}
            filter={toOperationFilter(asked.selection, of)}
            selected={asked.selection.kind === 'all' ? asked.selection.count : null}
            drifted={asked.drifted}
            onStarted={() => select(NOTHING)}
            onClose={() => setAsked(null)}
          />
        )}
      </Suspense>
    </section>
  );
}
