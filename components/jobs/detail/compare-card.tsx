'use client';

import { Pill } from '@/components/queues/state-mark';
import { useComparison } from '@/lib/client/metrics';
import type { Job } from '@/lib/contracts/jobs';
import type { Comparison } from '@/lib/contracts/metrics';
import { formatCount, formatDuration } from '@/lib/format';

/** The job beside the others of its name of the last 24 hours; nothing while there are none. */
export function CompareCard({ job }: { job: Job }) {
  const { data } = useComparison(job.source, job.queue, job.id, job.state === 'active');
  if (!data || data.jobs === 0) return null;
  return (
    <section className="card" aria-labelledby="compare-title">
      <header>
        <h2 id="compare-title">Compared with others</h2>
        <div className="r">
          {data.isSlow && (
            <Pill tone="failed" small>
              {job.state === 'active' ? 'Runs longer than 99 of 100' : 'Ran longer than 99 of 100'}
            </Pill>
          )}
        </div>
      </header>
      <table className="grid-table">
        <thead>
          <tr>
            <th>{formatCount(data.jobs)} in 24 h</th>
            <th className="num">This</th>
            <th className="num">p50</th>
            <th className="num">p95</th>
          </tr>
        </thead>
        <tbody>
          <Row name="Wait" own={job.waitMs} others={data.wait} />
          <Row name="Run" own={job.runMs} others={data.run} />
        </tbody>
      </table>
    </section>
  );
}

function Row({ name, own, others }: { name: string; own: number | null; others: Comparison['run'] }) {
  const isLong = own !== null && others !== null && own > others.p95;
  return (
    <tr>
      <td>{name}</td>
      <td className={`num ${isLong ? 'bad' : ''}`}>{formatDuration(own)}</td>
      <td className="num muted">{formatDuration(others?.p50)}</td>
      <td className="num muted">{formatDuration(others?.p95)}</td>
    </tr>
  );
}
