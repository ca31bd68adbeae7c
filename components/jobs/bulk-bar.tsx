'use client';

import { lazy, Suspense, useState } from 'react';
import { CONSEQUENCES } from '@/components/jobs/consequences';
import type { BulkRun } from '@/components/jobs/use-job-actions';
import { Button } from '@/components/ui/button';
import { JOB_ACTION_LABELS, type JobAction } from '@/lib/client/run-job-action';
import { formatCount, formatPlural } from '@/lib/format';

const Confirm = lazy(() => import('@/components/ui/confirm').then((file) => ({ default: file.Confirm })));

interface BulkBarProps {
  count: number;
  /** Of the selected ones, how many are not on this page. */
  elsewhere: number;
  actions: JobAction[];
  run: BulkRun | null;
  where: string;
  onAction: (action: JobAction) => void;
  onClear: () => void;
}

/** More than this is asked about, whatever the action. */
const MANY = 50;

export function BulkBar({ count, elsewhere, actions, run, where, onAction, onClear }: BulkBarProps) {
  const [asked, setAsked] = useState<JobAction | null>(null);
  const choose = (action: JobAction) => {
    if (action === 'job.remove' || action === 'job.cancel' || count > MANY) setAsked(action);
    else onAction(action);
  };
  if (run)
    return (
      <div className="selbar" role="status">
        <b className="tnum font-[600]">
          {formatCount(run.done)} of {formatCount(run.total)}
        </b>
        <span className="muted">
          {JOB_ACTION_LABELS[run.action].toLowerCase()} under way
          {run.failed > 0 ? `, ${formatCount(run.failed)} did not work` : ''}
        </span>
        <Button small className="ml-auto" onClick={run.stop}>
          Stop
        </Button>
      </div>
    );
  return (
    <section className="selbar" aria-label="Selection">
      <b className="tnum font-[600]">{formatCount(count)}</b>
      <span className="muted"> selected{elsewhere > 0 ? `, ${formatCount(elsewhere)} on other pages` : ''}</span>
      <Button small look="ghost" onClick={onClear}>
        Clear
      </Button>
      <span className="ml-auto" />
      {actions.map((action) => (
        <Button
          key={action}
          small
          look={action === 'job.remove' || action === 'job.cancel' ? 'danger' : 'plain'}
          onClick={() => choose(action)}
        >
          {JOB_ACTION_LABELS[action]}
        </Button>
      ))}
      <Suspense>
        {asked && (
          <Confirm
            title={`${JOB_ACTION_LABELS[asked]} ${formatPlural(count, 'job')}?`}
            action={`${JOB_ACTION_LABELS[asked]} ${formatPlural(count, 'job')}`}
            danger={asked === 'job.remove' || asked === 'job.cancel'}
            onConfirm={() => onAction(asked)}
            onClose={() => setAsked(null)}
          >
            <p className="m-0">For each: {CONSEQUENCES[asked]}</p>
            <p className="muted m-0">
              {formatPlural(count, 'job')} that you selected in {where}; none that came since.
            </p>
          </Confirm>
        )}
      </Suspense>
    </section>
  );
}
