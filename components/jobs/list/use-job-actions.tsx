'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type BulkOutcome, groupOutcomes, runBulk } from '@/components/jobs/list/run-bulk';
import { putBack } from '@/components/jobs/put-back';
import { readSeenJob, showOutcome } from '@/components/jobs/show-outcome';
import { showToast } from '@/components/ui/toast/toast-store';
import { describeError } from '@/lib/client/http/problem-error';
import { JOB_ACTION_LABELS, type JobAction, type JobActionOptions, runJobAction } from '@/lib/client/run-job-action';
import { formatPlural } from '@/lib/format';

/** A selection's action while it runs. */
export interface BulkRun {
  action: JobAction;
  total: number;
  done: number;
  failed: number;
  stop: () => void;
}

const PAST: Record<JobAction, string> = {
  'job.retry': 'put back',
  'job.promote': 'promoted',
  'job.cancel': 'cancelled or asked to stop',
  'job.remove': 'removed',
};

/** Runs actions on a queue's jobs and says how each one ended. */
export function useJobActions(source: string, queue: string) {
  const client = useQueryClient();
  const [run, setRun] = useState<BulkRun | null>(null);

  const runRaw = async (action: JobAction, job: string, options?: JobActionOptions) => {
    const before = readSeenJob(client, { source, queue, job });
    const outcome = await runJobAction(action, { source, queue, job }, options);
    showOutcome(client, { source, queue, job }, outcome, before);
    return outcome;
  };
  const runOne = async (action: JobAction, job: string, options?: JobActionOptions) => {
    try {
      const { done, note, binEntry } = await runRaw(action, job, options);
      const undo = () => void putBack(client, { source, queue, job }, binEntry ?? '');
      showToast({
        tone: 'done',
        title: `${done}: ${job}`,
        detail: note ?? undefined,
        action: binEntry === null ? undefined : { label: 'Undo', run: undo },
      });
    } catch (error) {
      showToast({
        tone: 'failed',
        title: `${JOB_ACTION_LABELS[action]} did not work: ${job}`,
        detail: describeError(error),
      });
    }
  };
  const runMany = async (action: JobAction, jobs: string[]): Promise<BulkOutcome[]> => {
    const stop = new AbortController();
    const show = (outcomes: BulkOutcome[]) =>
      setRun({
        action,
        total: jobs.length,
        done: outcomes.length,
        failed: outcomes.filter(({ ok }) => !ok).length,
        stop: () => stop.abort(),
      });
    show([]);
    const outcomes = await runBulk(jobs, async (job) => (await runRaw(action, job)).done, show, stop.signal);
    setRun(null);
    reportMany(action, jobs.length, outcomes);
    return outcomes;
  };
  return { run, runOne, runMany };
}

function reportMany(action: JobAction, asked: number, outcomes: BulkOutcome[]): void {
  const failed = outcomes.filter(({ ok }) => !ok);
  const done = outcomes.length - failed.length;
  const skipped = asked - outcomes.length;
  const reasons = groupOutcomes(failed).map(
    ({ text, ids }) => `${ids.length} × ${text} (${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ', …' : ''})`,
  );
  if (skipped > 0) reasons.push(`${skipped} not begun, stopped by you`);
  showToast({
    tone: failed.length > 0 ? 'failed' : 'done',
    title: `${formatPlural(done, 'job')} ${PAST[action]}`,
    detail: reasons.join('; ') || undefined,
  });
}
