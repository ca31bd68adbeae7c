'use client';

import { lazy, Suspense, useRef, useState } from 'react';
import { CONSEQUENCES } from '@/components/jobs/consequences';
import { JobTableRow } from '@/components/jobs/list/job-table-row';
import { moveInTable, readMarkedRow } from '@/components/jobs/list/mark-row';
import { useKeys } from '@/components/shell/shortcuts';
import type { SeenRow } from '@/lib/client/live/apply-job-frame';
import { JOB_ACTION_LABELS, type JobAction, listJobActions } from '@/lib/client/run-job-action';
import type { JobState } from '@/lib/contracts/states';

const Confirm = lazy(() => import('@/components/ui/confirm').then((file) => ({ default: file.Confirm })));

interface JobTableProps {
  rows: SeenRow[];
  state: JobState;
  /** The next page is on its way. */
  dim: boolean;
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
  onAction: (action: JobAction, id: string) => void;
}

const WHEN: Record<JobState, string> = {
  waiting: 'Added',
  active: 'Started',
  delayed: 'Due',
  prioritized: 'Added',
  'waiting-children': 'Added',
  completed: 'Completed',
  failed: 'Failed',
};

export function JobTable({ rows, state, dim, selected, onSelect, onAction }: JobTableProps) {
  const ref = useRef<HTMLTableElement>(null);
  const [asked, setAsked] = useState<{ action: JobAction; id: string } | null>(null);
  const selectable = rows.filter((row) => !row.isRemoved);
  const here = selectable.filter((row) => selected.has(row.id)).length;
  const toggle = (ids: string[], on: boolean) => {
    const next = new Set(selected);
    for (const id of ids)
      if (on) next.add(id);
      else next.delete(id);
    onSelect(next);
  };
  const act = (action: JobAction, id: string) =>
    action === 'job.cancel' || action === 'job.remove' ? setAsked({ action, id }) : onAction(action, id);
  useKeys((key) => {
    if (key === 'j' || key === 'k') return moveInTable(ref.current, key === 'j' ? 1 : -1);
    const row = rows.find(({ id }) => id === readMarkedRow(ref.current));
    if (!row) return false;
    if (key === 'x') toggle([row.id], !selected.has(row.id));
    else if (key === 'r' && listJobActions(row.state).includes('job.retry')) onAction('job.retry', row.id);
    else return false;
    return true;
  });
  return (
    <div className="scroll-x" aria-busy={dim}>
      <table ref={ref} className={`grid-table ${dim ? 'opacity-60' : ''}`}>
        <thead>
          <tr>
            <th className="w-[38px]">
              <input
                type="checkbox"
                className="check"
                aria-label="Select all on this page"
                checked={here > 0 && here === selectable.length}
                ref={(box) => {
                  if (box) box.indeterminate = here > 0 && here < selectable.length;
                }}
                onChange={(event) =>
                  toggle(
                    selectable.map(({ id }) => id),
                    event.currentTarget.checked,
                  )
                }
              />
            </th>
            <th>Job</th>
            <th className="col-1">Name</th>
            <th className="col-1">State</th>
            <th className="num col-2">Attempts</th>
            <th className="col-1">{WHEN[state]}</th>
            <th className="num col-3">Waited</th>
            <th className="num col-2">Ran</th>
            <th className="w-full col-1">{state === 'active' ? 'Progress' : 'Error'}</th>
            <th>
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <JobTableRow
              key={row.id}
              row={row}
              tab={state}
              isSelected={selected.has(row.id)}
              onToggle={(on) => toggle([row.id], on)}
              onAction={(action) => act(action, row.id)}
            />
          ))}
        </tbody>
      </table>
      <Suspense>
        {asked && (
          <Confirm
            title={`${JOB_ACTION_LABELS[asked.action]} this job?`}
            action={`${JOB_ACTION_LABELS[asked.action]} it`}
            danger
            onConfirm={() => onAction(asked.action, asked.id)}
            onClose={() => setAsked(null)}
          >
            <p className="mono m-0 [overflow-wrap:anywhere]">{asked.id}</p>
            <p className="muted m-0">{CONSEQUENCES[asked.action]}</p>
          </Confirm>
        )}
      </Suspense>
    </div>
  );
}
