import { Empty } from '@/components/ui/empty';
import type { JobList } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

/** How far the search for this page went. */
export function Searched({ list }: { list: JobList }) {
  if (list.searched === null) return null;
  return (
    <p className="faint tnum m-0 border-line border-b px-[14px] py-1.5 text-[12px]" role="status">
      {formatPlural(list.items.length, 'match', 'matches')} among the {formatPlural(list.searched, 'job')} looked at for
      this page{list.nextCursor ? '; the next page goes on' : ', the last of them'}.
    </p>
  );
}

/** Jobs of the page that the broker holds in a way that cannot be read. */
export function LeftOutNote({ leftOut }: { leftOut: NonNullable<JobList['leftOut']> }) {
  const named = leftOut.some.slice(0, 3);
  return (
    <p className="faint m-0 border-line border-b px-[14px] py-1.5 text-[12px] [overflow-wrap:anywhere]" role="status">
      {formatPlural(leftOut.count, 'job')} of this page cannot be read:{' '}
      {named.map(({ id, why }) => `${toVisible(id.slice(0, 80))} (${toVisible(why.replace(/\.$/, ''))})`).join('; ')}
      {leftOut.count > named.length && ' …'}
    </p>
  );
}

export function NoMatch({ list, state }: { list: JobList; state: JobState }) {
  return (
    <Empty title={list.nextCursor ? 'No match so far' : 'No job matches'}>
      <span>
        {list.nextCursor
          ? 'The search stopped to spare the broker. The next page goes on where it ended.'
          : `${formatCount(list.searched)} ${state} jobs were looked at. The name must be the whole name; the error is looked for in its first line.`}
      </span>
    </Empty>
  );
}
