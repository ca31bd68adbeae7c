'use client';

import { SkeletonRows } from '@/components/ui/skeleton';
import { Visible } from '@/components/ui/visible';
import { useDifferences } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import type { Differences } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** What its jobs have more often than those of the same names that succeeded. */
export function DifferencesCard({ group }: { group: number }) {
  const { data, error } = useDifferences(group);
  return (
    <section className="card" aria-labelledby="differs-title">
      <header>
        <h2 id="differs-title">What differs</h2>
        {data && (
          <div className="r tnum">
            {formatCount(data.failedJobs)} failed · {formatCount(data.succeededJobs)} succeeded
          </div>
        )}
      </header>
      {!data && !error && <SkeletonRows rows={3} columns={3} />}
      {Boolean(error) && <p className="muted m-0 p-[14px]">{describeError(error)}</p>}
      {data && data.items.length === 0 && <p className="muted m-0 p-[14px]">{explainNone(data)}</p>}
      {data && data.items.length > 0 && <DifferenceTable items={data.items} />}
    </section>
  );
}

function explainNone({ needed, failedJobs, succeededJobs }: Differences): string {
  if (succeededJobs === 0) return 'No job of these names has succeeded: there is nothing to compare with.';
  if (failedJobs < needed || succeededJobs < needed)
    return `No comparison: only ${formatCount(failedJobs)} failed and ${formatCount(succeededJobs)} succeeded jobs like these are known; it takes ${formatCount(needed)} of each.`;
  return 'Nothing stands out: the failed jobs look like those that succeeded.';
}

const percent = ({ with: count, of }: { with: number; of: number }) =>
  of === 0 ? '—' : `${Math.round((count / of) * 100)}%`;

function DifferenceTable({ items }: { items: Differences['items'] }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th className="w-full">Has</th>
            <th className="num">Of failed</th>
            <th className="num">Of succeeded</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.kind} ${item.path} ${item.value}`}>
              <td className="max-w-0">
                <span className="mono clip block" title={toVisible(`${item.path} ${item.value}`)}>
                  <Visible text={item.kind === 'data' ? `data.${item.path}` : item.kind} />
                  <span className="faint">:</span>
                  <Visible text={item.value} />
                </span>
              </td>
              <td className="num" title={`${item.failed.with} of ${item.failed.of}`}>
                {percent(item.failed)}
              </td>
              <td className="num muted" title={`${item.succeeded.with} of ${item.succeeded.of}`}>
                {percent(item.succeeded)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
