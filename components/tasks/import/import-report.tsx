import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { jobHref, queueHref } from '@/lib/client/http/url';
import type { ImportReport } from '@/lib/contracts/tasks';
import { formatCount, formatPlural } from '@/lib/format';

/** What became of each line, the refused ones with their reasons. */
export function ImportReportView({ report }: { report: ImportReport }) {
  const { dryRun, lines, accepted, existed, refusedCount, refused, jobs } = report;
  const more = refusedCount - refused.length;
  return (
    <div className="grid gap-2">
      <div role="status">
        <b className="tnum font-[600]">{formatPlural(accepted, 'line')}</b> {dryRun ? 'can be enqueued' : 'enqueued'} of{' '}
        {formatCount(lines)}
        {existed > 0 && `, ${formatCount(existed)} of them were there before`}
        {refusedCount > 0 && (
          <>
            ; <b className="bad tnum">{formatCount(refusedCount)} refused</b>
          </>
        )}
      </div>
      {refused.length > 0 && (
        <section
          className="scroll-text max-h-[260px] rounded-md border border-line"
          aria-label="Refused lines"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
        >
          <table className="grid-table">
            <thead>
              <tr>
                <th className="num">Line</th>
                <th className="w-full">Why</th>
              </tr>
            </thead>
            <tbody>
              {refused.map(({ line, errors }) => (
                <tr key={line}>
                  <td className="num">{formatCount(line)}</td>
                  <td className="!whitespace-normal py-1.5">
                    {errors.map(({ path, message }) => (
                      <span key={`${path}${message}`} className="block [overflow-wrap:anywhere]">
                        {path && <span className="mono">{path} </span>}
                        {message}
                      </span>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {more > 0 && <span className="faint">and {formatCount(more)} more that were refused</span>}
      {!dryRun && jobs.length > 0 && (
        <span className="muted">
          The first:{' '}
          {jobs.slice(0, 5).map((job, at) => (
            <span key={job.id}>
              {at > 0 && ', '}
              <PageLink className="link mono" href={jobHref(job.source, job.queue, job.id)}>
                <Visible text={job.id} />
              </PageLink>
            </span>
          ))}
          {' · '}
          <PageLink className="link" href={queueHref(report.source, report.queue)}>
            Open queue
          </PageLink>
        </span>
      )}
    </div>
  );
}
