import { Clock, DayClock } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { RecordedJob } from '@/lib/contracts/search';
import { formatDuration, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** Every attempt that was kept, oldest first. */
export function AttemptsCard({ job }: { job: RecordedJob }) {
  const { attemptsList } = job;
  return (
    <section className="card" aria-labelledby="attempts-title">
      <header>
        <h2 id="attempts-title">Attempts</h2>
        <div className="r tnum">{formatPlural(job.attemptsMade, 'attempt')}</div>
      </header>
      {attemptsList.length === 0 && <p className="muted m-0 p-[14px]">It never began.</p>}
      {attemptsList.length > 0 && (
        <div className="scroll-x">
          <table className="grid-table">
            <thead>
              <tr>
                <th className="num">#</th>
                <th>Started</th>
                <th>Ended</th>
                <th className="num">Waited</th>
                <th className="num">Ran</th>
                <th className="col-2">Worker</th>
                <th className="w-full">Error</th>
              </tr>
            </thead>
            <tbody>
              {attemptsList.map((one) => (
                <tr key={one.attempt}>
                  <td className="num">{one.attempt}</td>
                  <td>{one.startedAt ? <DayClock at={one.startedAt} /> : '—'}</td>
                  <td>{one.endedAt ? <Clock at={one.endedAt} ms /> : '—'}</td>
                  <td className="num">{formatDuration(one.waitMs)}</td>
                  <td className="num">{formatDuration(one.runMs)}</td>
                  <td className="col-2 max-w-[160px]">
                    <span className="clip muted block">
                      <Visible text={one.worker ?? '—'} />
                    </span>
                  </td>
                  <td className="max-w-0">
                    <span className="mono clip block" title={toVisible(one.error ?? '') || undefined}>
                      {one.error === null ? (
                        <span className="faint">{one.stalled ? 'stalled' : '—'}</span>
                      ) : (
                        <Visible text={one.error} />
                      )}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
