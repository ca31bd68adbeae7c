import { type Periods, queueKey } from '@/components/queues/list/choose-queues';
import { COLUMNS, type Column } from '@/components/queues/list/columns';
import { QueueRow } from '@/components/queues/list/queue-row';
import { nextDir, type QueuesAddress, sortQuery } from '@/components/queues/list/queues-address';
import { useParams } from '@/components/ui/use-param';
import type { SeenQueue } from '@/lib/client/live/apply-frame';

interface QueueTableProps {
  queues: readonly SeenQueue[];
  address: QueuesAddress;
  asOf: string;
  /** Several sources: each row names its own. */
  showSource: boolean;
  /** Sources whose broker is away. */
  lost: ReadonlySet<string>;
  /** What the record says of a queue over the period, by `source/queue`. */
  periods: Periods;
  /** The hand is on a row: it must not move away. */
  onHold(isHeld: boolean): void;
}

export function QueueTable({ queues, address, asOf, showSource, lost, periods, onHold }: QueueTableProps) {
  const columns = COLUMNS.filter(({ sort }) => sort !== 'source' || showSource);
  return (
    <div className="scroll-x">
      <table className="grid-table steady queue-list">
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.sort} column={column} address={address} />
            ))}
          </tr>
        </thead>
        <tbody
          onPointerEnter={({ pointerType }) => pointerType === 'mouse' && onHold(true)}
          onPointerLeave={() => onHold(false)}
          onFocus={() => onHold(true)}
          onBlur={({ currentTarget, relatedTarget }) => onHold(currentTarget.contains(relatedTarget))}
        >
          {queues.map((queue) => (
            <QueueRow
              key={queueKey(queue)}
              queue={queue}
              asOf={asOf}
              showSource={showSource}
              away={lost.has(queue.source)}
              period={periods.get(queueKey(queue))}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({
  column: { sort, label, full, className, isFigure },
  address,
}: {
  column: Column;
  address: QueuesAddress;
}) {
  const { linkTo } = useParams();
  const isSorted = address.sort === sort;
  return (
    <th
      scope="col"
      className={`${className} ${isFigure ? 'num' : ''}`}
      aria-sort={isSorted ? (address.dir === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <a className="sort" title={full && `${full}: sort`} {...linkTo(sortQuery(sort, nextDir(address, sort)))}>
        {label}
        {isSorted && <span aria-hidden>{address.dir === 'asc' ? '↑' : '↓'}</span>}
      </a>
    </th>
  );
}
