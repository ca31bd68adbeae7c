'use client';

import { useProgressRate } from '@/components/jobs/detail/use-progress-rate';
import { describeProgress, readProgress } from '@/components/jobs/progress';
import { useNow } from '@/components/ui/now';
import { Visible } from '@/components/ui/visible';
import type { JobAddress } from '@/lib/client/jobs';
import type { Job } from '@/lib/contracts/jobs';
import { formatCoarse, formatCount, formatShare } from '@/lib/format';

/** How far, how fast, how long still. */
export function ProgressCard({ address, job }: { address: JobAddress; job: Job }) {
  const now = useNow();
  const progress = readProgress(job.progress);
  const rate = useProgressRate(address, progress, job.startedAt, now);
  if (!progress) return null;
  const isRunning = job.state === 'active';
  const left =
    isRunning && rate && progress.total !== null && progress.done !== null
      ? (progress.total - progress.done) / rate.perSecond
      : null;
  const parts = [describeProgress(progress)];
  if (isRunning && rate) parts.push(`${rate.isEstimate ? '≈ ' : ''}${formatCount(Math.round(rate.perSecond))}/s`);
  if (left !== null) parts.push(`about ${formatCoarse(Math.max(0, left) * 1000)} left`);
  // A worker's own guess of the time left would stand beside ours, and stay when the job is over.
  const note = progress.note && /\bleft$/.test(progress.note) && (left !== null || !isRunning) ? null : progress.note;
  return (
    <section className="card" aria-labelledby="progress-title">
      <header>
        <h2 id="progress-title">Progress</h2>
        <div className="r tnum">{parts.filter(Boolean).join(' · ')}</div>
      </header>
      <div className="grid gap-2 p-[14px]">
        {progress.share !== null && (
          <div
            className={`progress ${job.state}`}
            role="progressbar"
            aria-label="Progress"
            aria-valuenow={Math.round(progress.share * 100)}
            aria-valuetext={formatShare(progress.share)}
            aria-valuemin={0}
            aria-valuemax={100}
          >
            <i className="progress-fill" style={{ width: `${progress.share * 100}%` }} />
          </div>
        )}
        {note && (
          <div className="muted clip">
            <Visible text={note} />
          </div>
        )}
      </div>
    </section>
  );
}
