import { ChildCountsBar } from '@/components/flows/child-counts';
import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { flowHref, jobHref, queueHref } from '@/lib/client/http/url';
import type { FlowRoot } from '@/lib/contracts/flows';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** Flows, each by its root. `isFailing`: with what failed in them, wherever in the tree it is. */
export function RootTable({ rows, isFailing }: { rows: FlowRoot[]; isFailing: boolean }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Flow</th>
            <th className="col-1">Queue</th>
            <th>State</th>
            <th className={isFailing ? undefined : 'w-full'}>Children</th>
            {isFailing && <th className="w-full">Failed in it</th>}
            <th className="col-1">{isFailing ? 'Last failed' : 'Since'}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.source} ${row.queue} ${row.id}`}>
              <td className="max-w-[300px]">
                <PageLink
                  className="clip block py-1 hover:underline"
                  href={flowHref(row.source, row.queue, row.id)}
                  title={toVisible(row.id)}
                >
                  <span className="name">
                    <Visible text={row.name} />
                  </span>{' '}
                  <span className="mono faint ml-1 max-sm:hidden">
                    <Visible text={row.id} />
                  </span>
                </PageLink>
              </td>
              <td className="col-1 max-w-[160px]">
                <PageLink className="clip block hover:underline" href={queueHref(row.source, row.queue)}>
                  <Visible text={row.queue} />
                </PageLink>
              </td>
              <td>{row.state ? <StateMark state={row.state} /> : <span className="faint">Gone</span>}</td>
              <td>{row.children ? <ChildCountsBar counts={row.children} /> : <span className="faint">—</span>}</td>
              {isFailing && (
                <td className="max-w-[420px]">
                  <FailedJobs row={row} />
                </td>
              )}
              <td className="col-1 muted">
                <Ago at={row.at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FailedJobs({ row: { source, failed } }: { row: FlowRoot }) {
  if (!failed) return <span className="faint">—</span>;
  const more = failed.count - failed.jobs.length;
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <b className="bad tnum flex-none">{formatCount(failed.count)}</b>
      <span className="clip">
        {failed.jobs.map(({ queue, id, name }, i) => (
          <span key={`${queue} ${id}`}>
            {i > 0 && ', '}
            <PageLink className="hover:underline" href={jobHref(source, queue, id)} title={toVisible(`${queue}:${id}`)}>
              <Visible text={name || id} />
            </PageLink>
          </span>
        ))}
        {more > 0 && <span className="faint"> and {formatCount(more)} more</span>}
      </span>
    </span>
  );
}
