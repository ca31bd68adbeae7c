'use client';

import { Pill, StateMark } from '@/components/queues/state-mark';
import { SchedulerActions } from '@/components/schedulers/scheduler-actions';
import { PageLink } from '@/components/shell/nav/page-link';
import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { jobHref, queueHref } from '@/lib/client/http/url';
import type { SchedulerRow } from '@/lib/contracts/schedulers';
import { formatDuration } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface SchedulerTableProps {
  rows: SchedulerRow[];
  /** Across queues: each row names its own. */
  showQueue: boolean;
  onEdit: (row: SchedulerRow) => void;
}

export function SchedulerTable({ rows, showQueue, onEdit }: SchedulerTableProps) {
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Scheduler</th>
            {showQueue && <th className="col-1">Queue</th>}
            <th className="w-full col-1">When</th>
            <th>Next run</th>
            <th className="col-2">Last run</th>
            <th>
              <span className="sr-only">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.source} ${row.queue} ${row.id}`} data-scheduler={row.id}>
              <td className="max-w-[44vw] py-1.5 leading-[17px] min-[900px]:max-w-[260px]">
                <span className="name clip block" title={toVisible(row.id)}>
                  <Visible text={row.id} />
                </span>
                <SecondLine row={row} />
                <span className="clip block text-[12px] text-ink-2 min-[621px]:hidden">{row.words ?? row.pattern}</span>
              </td>
              {showQueue && (
                <td className="col-1 max-w-[180px]">
                  <PageLink
                    className="clip block hover:underline"
                    href={queueHref(row.source, row.queue)}
                    title={toVisible(row.queue)}
                  >
                    <Visible text={row.queue} />
                  </PageLink>
                </td>
              )}
              <td className="col-1 max-w-0">
                <When row={row} />
              </td>
              <td>
                <NextRun row={row} />
              </td>
              <td className="col-2">
                <LastRun row={row} />
              </td>
              <td className="num">
                <SchedulerActions row={row} onEdit={() => onEdit(row)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What its jobs are called; and that it is none of BullMQ 6. */
function SecondLine({ row: { id, name, legacy } }: { row: SchedulerRow }) {
  const called = name && name !== id ? name : null;
  if (!called && !legacy) return null;
  const hint = legacy ? 'Workers of BullMQ 6 do not run it on. Make a scheduler in its place, then remove it.' : '';
  return (
    <span className="faint clip block text-[12px]" title={[toVisible(called ?? ''), hint].filter(Boolean).join(' · ')}>
      {called && <Visible text={called} />}
      {called && legacy && ' · '}
      {legacy && 'repeatable (BullMQ 5 and before)'}
    </span>
  );
}

function When({ row: { words, pattern, everyMs, tz } }: { row: SchedulerRow }) {
  const text = pattern ?? (everyMs === null ? '—' : `every ${formatDuration(everyMs)}`);
  return (
    <span className="clip block" title={toVisible([words, pattern, tz].filter(Boolean).join(' · '))}>
      {words ?? text}
      {pattern && (
        <span className="mono faint ml-2">
          <Visible text={pattern} />
        </span>
      )}
      {pattern && <span className="faint ml-2">{tz ?? "the worker's time zone"}</span>}
    </span>
  );
}

function NextRun({ row }: { row: SchedulerRow }) {
  if (row.paused)
    return (
      <span title={row.pausedBy ? `Paused by ${row.pausedBy}` : undefined}>
        <Pill tone="paused" small>
          Paused
        </Pill>
      </span>
    );
  return row.nextRunAt ? <Ago at={row.nextRunAt} /> : <span className="faint">—</span>;
}

function LastRun({ row: { source, queue, lastRun } }: { row: SchedulerRow }) {
  if (!lastRun) return <span className="faint">none in the broker</span>;
  const at = lastRun.finishedAt ?? lastRun.startedAt ?? lastRun.dueAt;
  return (
    <PageLink
      className="inline-flex items-center gap-2 hover:underline"
      href={jobHref(source, queue, lastRun.job)}
      title={lastRun.error ? toVisible(lastRun.error) : undefined}
    >
      <StateMark state={lastRun.state} />
      <span className="muted">
        <Ago at={at} />
      </span>
    </PageLink>
  );
}
