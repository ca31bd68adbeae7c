'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { BulkBar } from '@/components/jobs/list/bulk-bar';
import { EmptyJobs } from '@/components/jobs/list/empty-jobs';
import { JobTable } from '@/components/jobs/list/job-table';
import { Pager } from '@/components/jobs/list/pager';
import { useJobActions } from '@/components/jobs/list/use-job-actions';
import { useNewJobs } from '@/components/jobs/list/use-new-jobs';
import { STATE_LABELS } from '@/components/queues/state-labels';
import { Button } from '@/components/ui/button';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useParams } from '@/components/ui/use-param';
import { describeError } from '@/lib/client/http/problem-error';
import { useJobList } from '@/lib/client/jobs';
import type { ListParams } from '@/lib/client/list-params';
import { keys } from '@/lib/client/query-keys';
import { listJobActions } from '@/lib/client/run-job-action';
import type { QueueFigures } from '@/lib/contracts/queues';
import { formatCount } from '@/lib/format';

interface JobListCardProps {
  source: string;
  queue: string;
  list: ListParams;
  figures: QueueFigures | undefined;
}

const NO_ROWS: never[] = [];

/** One state's jobs, page by page, with what can be done to them. */
export function JobListCard({ source, queue, list, figures }: JobListCardProps) {
  const client = useQueryClient();
  const { linkTo, follow, hrefWith } = useParams();
  const jobs = useJobList(source, queue, list.state, list.cursor);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const actions = useJobActions(source, queue);
  const rows = jobs.data?.items ?? NO_ROWS;
  const arrived = useNewJobs(source, queue, list.state, rows);

  const showNew = () => {
    arrived.forget();
    if (list.cursor) follow(hrefWith({ at: null, page: null }));
    void client.invalidateQueries({ queryKey: keys.jobList(source, queue, list.state, null) });
  };
  const runSelected = async (action: Parameters<typeof actions.runMany>[0]) => {
    const outcomes = await actions.runMany(action, [...selected]);
    const done = new Set(outcomes.filter(({ ok }) => ok).map(({ id }) => id));
    setSelected((now) => new Set([...now].filter((id) => !done.has(id))));
  };
  return (
    <section className="card" aria-label={`${STATE_LABELS[list.state]} jobs`}>
      {(selected.size > 0 || actions.run) && (
        <BulkBar
          count={selected.size}
          elsewhere={selected.size - rows.filter((row) => selected.has(row.id)).length}
          actions={listJobActions(list.state)}
          run={actions.run}
          where={`${queue}, ${STATE_LABELS[list.state].toLowerCase()}`}
          onAction={(action) => void runSelected(action)}
          onClear={() => setSelected(new Set())}
        />
      )}
      {arrived.count > 0 && (
        <button
          type="button"
          className="block w-full border-line border-b bg-sunken py-1.5 text-center font-medium text-ink-2 hover:text-ink"
          onClick={showNew}
        >
          {formatCount(arrived.count, arrived.atLeast)} new
        </button>
      )}
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
        <EmptyJobs source={source} queue={queue} state={list.state} isFirst={list.cursor === null} />
      )}
      {rows.length > 0 && (
        <JobTable
          rows={rows}
          state={list.state}
          dim={jobs.isPlaceholderData}
          selected={selected}
          onSelect={setSelected}
          onAction={(action, id) => void actions.runOne(action, id)}
        />
      )}
      {jobs.data && (rows.length > 0 || list.page > 1) && (
        <Pager
          list={list}
          rows={rows.length}
          total={figures?.counts[list.state] ?? null}
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
    </section>
  );
}
