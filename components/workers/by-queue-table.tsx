'use client';

import { PageLink } from '@/components/shell/nav/page-link';
import { Visible } from '@/components/ui/visible';
import { groupByQueue } from '@/components/workers/group-by-queue';
import { nameWorker } from '@/components/workers/name-worker';
import { queueHref } from '@/lib/client/http/url';
import type { Worker } from '@/lib/contracts/workers';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

export function ByQueueTable({ workers }: { workers: Worker[] }) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Queue</th>
            <th className="num">Workers</th>
            <th className="num">Running</th>
            <th className="w-full">Who</th>
          </tr>
        </thead>
        <tbody>
          {groupByQueue(workers).map((group) => (
            <tr key={`${group.source} ${group.queue}`}>
              <td className="max-w-[300px]">
                <PageLink
                  className="name clip block hover:underline"
                  href={queueHref(group.source, group.queue)}
                  title={toVisible(group.queue)}
                >
                  <Visible text={group.queue} />
                </PageLink>
              </td>
              <td className="num">{formatCount(group.workers.length)}</td>
              <td className="num">{formatCount(group.running)}</td>
              <td className="mono muted max-w-0">
                <span className="clip block">
                  <Visible text={group.workers.map(nameWorker).join(', ')} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
