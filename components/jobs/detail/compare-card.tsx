'use client';

import { Pill } from '@/components/queues/state-mark';
import { useComparison } from '@/lib/client/metrics';
import type { Job } from '@/lib/contracts/jobs';
import type { Comparison } from '@/lib/contracts/metrics';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';

/** The job beside the others of its name of the last 24 hours; of too few it says so, and judges nothing. */
export function CompareCard({ job }: { job: Job }) {
  const { data } = useComparison(job.source, job.queue, job.id, job.state === 'active');
  if (!data) return null;
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
      {data.jobs < data.needed ? <TooFew {...data} /> : <Compared job={job} data={data} />}
    </section>
  );
}

function TooFew({ jobs, needed }: Comparison) {
  const known =
    jobs === 0 ? 'no job like it is known' : `only ${formatPlural(jobs, 'job like it is', 'jobs like it are')} known`;
  return (
    <p className="muted m-0 px-[14px] py-[11px]">
      No comparison: {known} of the last 24 hours; it takes {formatCount(needed)}.
    </p>
  );
}

function Compared({ job, data }: { job: Job; data: Comparison }) {
  return (
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
