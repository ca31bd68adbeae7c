import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { jobHref } from '@/lib/client/http/url';
import { RECORDED_LABELS, recordedTone } from '@/lib/client/recorded-states';
import type { FailureGroupDetail } from '@/lib/contracts/failures';
import { toVisible } from '@/lib/format/visible';

/** Its newest jobs. */
export function SamplesCard({ group }: { group: FailureGroupDetail }) {
  return (
    <section className="card" aria-labelledby="samples-title">
      <header>
        <h2 id="samples-title">Newest jobs</h2>
      </header>
      {group.samples.length === 0 && <p className="muted m-0 p-[14px]">None of its jobs is failed by it any more.</p>}
      {group.samples.length > 0 && (
        <div className="scroll-x">
          <table className="grid-table">
            <thead>
              <tr>
                <th>Job</th>
                <th className="col-1">Queue</th>
                <th className="w-full">Error</th>
                <th className="num col-2">Attempts</th>
                <th className="col-3">Worker</th>
                <th>State</th>
                <th className="col-1">Ended</th>
              </tr>
            </thead>
            <tbody>
              {group.samples.map((job) => (
                <tr key={`${job.queue} ${job.id}`}>
                  <td className="max-w-[240px]">
                    <PageLink
                      href={jobHref(group.source, job.queue, job.id)}
                      className="clip block hover:underline"
                      title={toVisible(`${job.name} ${job.id}`)}
                    >
                      <Visible text={job.name} />{' '}
                      <span className="mono faint">
                        <Visible text={job.id} />
                      </span>
                    </PageLink>
                  </td>
                  <td className="col-1 max-w-[160px]">
                    <span className="clip block">
                      <Visible text={job.queue} />
                    </span>
                  </td>
                  <td className="max-w-0">
                    <span className="mono clip block" title={toVisible(job.error)}>
                      <Visible text={job.error} />
                    </span>
                  </td>
                  <td className="num col-2">{job.attemptsMade}</td>
                  <td className="col-3 max-w-[140px]">
                    <span className="clip muted block">{job.worker ?? '—'}</span>
                  </td>
                  <td>
                    <span className={`state ${recordedTone({ ...job, cancelled: false })}`}>
                      <span className="dot" />
                      {RECORDED_LABELS[job.state]}
                    </span>
                  </td>
                  <td className="col-1 muted">{job.finishedAt ? <Ago at={job.finishedAt} /> : '—'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
