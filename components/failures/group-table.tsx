'use client';

import { useRef, useState } from 'react';
import { Sparkline } from '@/components/charts/sparkline';
import { GroupActionDialog } from '@/components/failures/group-action-dialog';
import { GroupMarks } from '@/components/failures/group-marks';
import { GroupMenu } from '@/components/failures/group-menu';
import { GroupTitle } from '@/components/failures/group-title';
import { moveInTable, readMarkedRow } from '@/components/jobs/list/mark-row';
import { PageLink } from '@/components/shell/nav/page-link';
import { useKeys } from '@/components/shell/shortcuts';
import { Button } from '@/components/ui/button';
import { Ago, DayClock } from '@/components/ui/time';
import { useParams } from '@/components/ui/use-param';
import { Visible } from '@/components/ui/visible';
import type { FailuresAddress } from '@/lib/client/failures-address';
import { groupHref, queueHref } from '@/lib/client/http/url';
import type { FailureGroup } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface GroupTableProps {
  groups: FailureGroup[];
  address: FailuresAddress;
  dim: boolean;
  selected: ReadonlySet<number>;
  onSelect: (groups: FailureGroup[], on: boolean) => void;
}

export type GroupVerb = 'retry' | 'remove' | 'cancel';

export function GroupTable({ groups, address, dim, selected, onSelect }: GroupTableProps) {
  const ref = useRef<HTMLTableElement>(null);
  const [asked, setAsked] = useState<{ group: FailureGroup; verb: GroupVerb } | null>(null);
  const { linkTo } = useParams();
  useKeys((key) => {
    if (key === 'j' || key === 'k') return moveInTable(ref.current, key === 'j' ? 1 : -1);
    const marked = groups.find(({ id }) => String(id) === readMarkedRow(ref.current));
    if (key !== 'x' || !marked) return false;
    onSelect([marked], !selected.has(marked.id));
    return true;
  });
  const here = groups.filter(({ id }) => selected.has(id)).length;
  const sorted = (sort: FailuresAddress['sort'], label: string, className: string) => (
    <th className={className} aria-sort={address.sort === sort ? 'descending' : undefined}>
      <a className="hover:text-ink" {...linkTo({ sort: sort === 'last' ? null : sort })}>
        {label}
        {address.sort === sort && <span aria-hidden> ↓</span>}
      </a>
    </th>
  );
  return (
    <div className="scroll-x" aria-busy={dim}>
      <table ref={ref} className={`grid-table ${dim ? 'opacity-60' : ''}`}>
        <thead>
          <tr>
            <th className="w-[38px]">
              <input
                type="checkbox"
                className="check"
                aria-label="Select all on this page"
                checked={here > 0 && here === groups.length}
                ref={(box) => {
                  if (box) box.indeterminate = here > 0 && here < groups.length;
                }}
                onChange={(event) => onSelect(groups, event.currentTarget.checked)}
              />
            </th>
            <th className="w-full">Error</th>
            <th className="col-3">In this period</th>
            {sorted('count', 'Failures', 'num')}
            <th className="num col-2">Failed now</th>
            <th className="col-1">Queue</th>
            <th className="col-wide">Job</th>
            {sorted('first', 'First seen', 'col-3')}
            {sorted('last', 'Last seen', 'col-1')}
            <th className="col-1">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <GroupRow
              key={group.id}
              group={group}
              isSelected={selected.has(group.id)}
              onToggle={(on) => onSelect([group], on)}
              onAsk={(verb) => setAsked({ group, verb })}
            />
          ))}
        </tbody>
      </table>
      {asked && <GroupActionDialog group={asked.group} verb={asked.verb} onClose={() => setAsked(null)} />}
    </div>
  );
}

interface GroupRowProps {
  group: FailureGroup;
  isSelected: boolean;
  onToggle: (on: boolean) => void;
  onAsk: (verb: GroupVerb) => void;
}

function GroupRow({ group, isSelected, onToggle, onAsk }: GroupRowProps) {
  const [queue, ...others] = group.queues;
  return (
    <tr data-job={group.id} aria-selected={isSelected} className="focus-within:shadow-[inset_2px_0_0_var(--ink)]">
      <td>
        <input
          type="checkbox"
          className="check"
          aria-label={`Select ${toVisible(group.title)}`}
          checked={isSelected}
          onChange={(event) => onToggle(event.currentTarget.checked)}
        />
      </td>
      <td className="job-cell max-w-0">
        <span className="flex items-center gap-2.5">
          <span className="state failed">
            <span className="dot" />
          </span>
          <PageLink href={groupHref(group.id)} className="mono clip hover:underline" title={toVisible(group.message)}>
            <GroupTitle title={group.title} />
          </PageLink>
          <GroupMarks group={group} />
        </span>
        <span className="clip block pl-[18px] text-ink-2 min-[621px]:hidden">
          <Visible text={group.queues.join(', ')} /> · <Ago at={group.lastAt} />
        </span>
      </td>
      <td className="col-3">
        <Sparkline
          values={group.line}
          tone="failed"
          width={120}
          height={20}
          label={`${toVisible(group.title)} over time`}
        />
      </td>
      <td className="num">
        <b className="font-[600]">{formatCount(group.inRange)}</b>
      </td>
      <td className={`num col-2 ${group.jobsNow ? '' : 'zero'}`}>{formatCount(group.jobsNow)}</td>
      <td className="col-1 max-w-[150px]">
        {queue !== undefined && (
          <span className="flex items-center gap-1.5">
            <PageLink
              href={queueHref(group.source, queue, 'failed')}
              className="clip hover:underline"
              title={toVisible(queue)}
            >
              <Visible text={queue} />
            </PageLink>
            {others.length > 0 && (
              <span className="faint" title={toVisible(others.join(', '))}>
                +{others.length}
              </span>
            )}
          </span>
        )}
      </td>
      <td className="col-wide max-w-[160px]">
        <span className="clip block" title={toVisible(group.names.join(', '))}>
          <Visible text={group.names[0]} />
          {group.names.length > 1 && <span className="faint"> +{group.names.length - 1}</span>}
        </span>
      </td>
      <td className="col-3 muted">
        <DayClock at={group.firstAt} />
      </td>
      <td className="col-1 muted">
        <Ago at={group.lastAt} />
      </td>
      <td className="num col-1">
        <span className="inline-flex items-center justify-end gap-1.5">
          <Button
            small
            blocked={group.jobsNow === 0 ? 'None of its jobs is failed in the broker now' : null}
            onClick={() => onAsk('retry')}
          >
            Retry all
          </Button>
          <GroupMenu group={group} onAsk={onAsk} />
        </span>
      </td>
    </tr>
  );
}
