'use client';

import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { describeError } from '@/lib/client/http/problem-error';
import { jobHref } from '@/lib/client/http/url';
import { useTaskRuns } from '@/lib/client/tasks';
import type { TaskRuns } from '@/lib/contracts/tasks';
import { formatCount, formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** What this task did last, as far as the broker still has it. */
export function LastRunsCard({ task, source }: { task: string; source: string | undefined }) {
  const { data, error } = useTaskRuns(task, source);
  return (
    <section className="card" aria-labelledby="runs-title">
      <header>
        <h2 id="runs-title">Last runs</h2>
      </header>
      {data && data.items.length > 0 && (
        <ul className="m-0 list-none p-0">
          {data.items.map((run) => (
            <li
              key={run.id}
              className="flex min-h-8 items-center gap-2.5 border-line border-b px-[14px] last:border-0"
              title={run.error ? toVisible(run.error) : undefined}
            >
              <StateMark state={run.state} />
              <PageLink className="mono clip hover:underline" href={jobHref(run.source, run.queue, run.id)}>
                <Visible text={run.id} />
              </PageLink>
              <span className="muted tnum ml-auto flex-none">{formatDuration(run.runMs)}</span>
              <span className="faint flex-none">
                <Ago at={run.finishedAt ?? run.startedAt ?? run.addedAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="faint m-0 border-line border-t px-[14px] py-2 text-[12px] first-of-type:border-0">
        {error ? `They could not be read. ${describeError(error)}` : data ? describeSearch(data) : 'Reading them…'}
      </p>
    </section>
  );
}

function describeSearch({ items, searched }: TaskRuns): string {
  const parts = searched
    .filter(({ jobs }) => jobs > 0)
    .map(({ state, jobs, all }) => `${all ? 'all' : 'the newest'} ${formatCount(jobs)} ${state}`);
  const where = parts.length > 0 ? `Looked through ${parts.join(', ')}.` : 'Its queue holds no job that ran.';
  return items.length === 0 ? `None found. ${where}` : where;
}
