'use client';

import { lazy, Suspense, useRef, useState } from 'react';
import { CONSEQUENCES } from '@/components/jobs/consequences';
import { JobTableRow } from '@/components/jobs/list/job-table-row';
import { moveInTable, readMarkedRow } from '@/components/jobs/list/mark-row';
import { useKeys } from '@/components/shell/shortcuts';
import { Visible } from '@/components/ui/visible';
import type { SeenRow } from '@/lib/client/live/apply-job-frame';
import { JOB_ACTION_LABELS, type JobAction, listJobActions } from '@/lib/client/run-job-action';
import { isSelected, type Selection, toggleIds } from '@/lib/client/selection';
import type { JobState } from '@/lib/contracts/states';

const Confirm = lazy(() => import('@/components/ui/confirm').then((file) => ({ default: file.Confirm })));

interface JobTableProps {
  rows: SeenRow[];
  state: JobState;
  /** The next page is on its way. */
  dim: boolean;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  /** A question about one row opens, or closes. */
  onAsk: (isAsked: boolean) => void;
  onAction: (action: JobAction, id: string) => void;
}

const ALL_CHOSEN = 'All that match are selected; clear the selection to choose single ones';

const WHEN: Record<JobState, string> = {
  waiting: 'Added',
  active: 'Started',
  delayed: 'Due',
  prioritized: 'Added',
  'waiting-children': 'Added',
  completed: 'Completed',
  failed: 'Failed',
};

export function JobTable({ rows, state, dim, selection, onSelect, onAsk, onAction }: JobTableProps) {
  const ref = useRef<HTMLTableElement>(null);
  const [asked, setAsked] = useState<{ action: JobAction; id: string } | null>(null);
  const selectable = rows.filter((row) => !row.isRemoved);
  const here = selectable.filter((row) => isSelected(selection, row)).length;
  const isAll = selection.kind === 'all';
  const toggle = (ids: string[], on: boolean) => onSelect(toggleIds(selection, ids, on));
  const ask = (next: typeof asked) => {
    setAsked(next);
    onAsk(next !== null);
  };
  const act = (action: JobAction, id: string) =>
    action === 'job.cancel' || action === 'job.remove' ? ask({ action, id }) : onAction(action, id);
  useKeys((key) => {
    if (key === 'j' || key === 'k') return moveInTable(ref.current, key === 'j' ? 1 : -1);
    const row = rows.find(({ id }) => id === readMarkedRow(ref.current));
    if (!row) return false;
    if (key === 'x' && !isAll) toggle([row.id], !isSelected(selection, row));
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
                disabled={isAll}
                title={isAll ? ALL_CHOSEN : undefined}
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
              isSelected={isSelected(selection, row)}
              fixed={isAll ? ALL_CHOSEN : null}
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
            onClose={() => ask(null)}
          >
            <p className="mono m-0 [overflow-wrap:anywhere]">
              <Visible text={asked.id} />
            </p>
            <p className="muted m-0">{CONSEQUENCES[asked.action]}</p>
          </Confirm>
        )}
      </Suspense>
    </div>
  );
}
