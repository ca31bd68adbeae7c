import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { queueHref } from '@/lib/client/http/url';
import type { FailureGroupDetail } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** Which jobs of which queues met it. */
export function PlacesCard({ group }: { group: FailureGroupDetail }) {
  return (
    <section className="card" aria-labelledby="places-title">
      <header>
        <h2 id="places-title">Where</h2>
      </header>
      <div className="scroll-x max-h-[280px] overflow-y-auto">
        <table className="grid-table">
          <thead>
            <tr>
              <th>Queue</th>
              <th className="w-full">Job</th>
              <th className="num">Failures</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {group.places.map(({ queue, name, total, lastAt }) => (
              <tr key={`${queue} ${name}`}>
                <td className="max-w-[180px]">
                  <PageLink
                    href={queueHref(group.source, queue, 'failed')}
                    className="clip block hover:underline"
                    title={toVisible(queue)}
                  >
                    <Visible text={queue} />
                  </PageLink>
                </td>
                <td className="max-w-0">
                  <span className="clip block" title={toVisible(name)}>
                    <Visible text={name} />
                  </span>
                </td>
                <td className="num">{formatCount(total)}</td>
                <td className="muted">
                  <Ago at={lastAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
