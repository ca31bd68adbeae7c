'use client';

import { lazy, Suspense, useRef, useState } from 'react';
import { JobTableRow } from '@/components/jobs/list/job-table-row';
import { useMarkedRow } from '@/components/jobs/list/use-marked-row';
import { useKeys } from '@/components/shell/shortcuts';
import { DialogComing } from '@/components/ui/dialog-coming';
import type { SeenRow } from '@/lib/client/live/apply-job-frame';
import { type JobAction, type JobActionOptions, listJobActions, mustAsk } from '@/lib/client/run-job-action';
import { isSelected, type Selection, toggleIds } from '@/lib/client/selection';
import type { JobState } from '@/lib/contracts/states';

const AskAction = lazy(() =>
  import('@/components/jobs/change/ask-action').then((file) => ({ default: file.AskAction })),
);

interface JobTableProps {
  rows: SeenRow[];
  state: JobState;
  /** The next page is on its way. */
  dim: boolean;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  /** A question about one row opens, or closes. */
  onAsk: (isAsked: boolean) => void;
  onAction: (action: JobAction, id: string, options?: JobActionOptions) => Promise<void>;
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
  const [asked, setAsked] = useState<{ action: JobAction; row: SeenRow } | null>(null);
  const marking = useMarkedRow(ref);
  const selectable = rows.filter((row) => !row.isRemoved);
  const here = selectable.filter((row) => isSelected(selection, row)).length;
  const isAll = selection.kind === 'all';
  const toggle = (ids: string[], on: boolean) => onSelect(toggleIds(selection, ids, on));
  const ask = (next: typeof asked) => {
    setAsked(next);
    onAsk(next !== null);
  };
  const close = () => ask(null);
  const act = (action: JobAction, row: SeenRow) =>
    mustAsk(action, row.state) ? ask({ action, row }) : void onAction(action, row.id);
  useKeys((key, { repeat }) => {
    if (key === 'j' || key === 'k') return marking.move(key === 'j' ? 1 : -1);
    const row = rows.find(({ id }) => id === marking.read());
    if (!row) return false;
    if (key === 'x' && !isAll) {
      if (!repeat) toggle([row.id], !isSelected(selection, row));
    } else if (key === 'r' && !row.isRemoved && listJobActions(row.state).includes('job.retry')) {
      // A key is pressed more easily than meant: it asks, where the button does not.
      if (!repeat) ask({ action: 'job.retry', row });
    } else return false;
    return true;
  });
  return (
    <div className="scroll-x" aria-busy={dim}>
      <table ref={ref} {...marking.handlers} className={`grid-table ${dim ? 'opacity-60' : ''}`}>
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
              onAction={(action) => act(action, row)}
            />
          ))}
        </tbody>
      </table>
      <Suspense fallback={<DialogComing onClose={close} />}>
        {asked && (
          <AskAction
            address={{ source: asked.row.source, queue: asked.row.queue, job: asked.row.id }}
            action={asked.action}
            state={asked.row.state}
            name={asked.row.name}
            onConfirm={(options) => onAction(asked.action, asked.row.id, options)}
            onClose={close}
          />
        )}
      </Suspense>
    </div>
  );
}
