'use client';

import { readProgress } from '@/components/jobs/progress';
import { STATE_LABELS } from '@/components/queues/state-labels';
import { StateMark } from '@/components/queues/state-mark';
import { PageLink } from '@/components/shell/nav/page-link';
import { Button } from '@/components/ui/button';
import { Ago, Running } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { jobHref } from '@/lib/client/http/url';
import type { SeenRow } from '@/lib/client/live/apply-job-frame';
import { JOB_ACTION_LABELS, type JobAction, listJobActions } from '@/lib/client/run-job-action';
import type { JobState } from '@/lib/contracts/states';
import { formatDuration, formatShare } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface JobTableRowProps {
  row: SeenRow;
  tab: JobState;
  isSelected: boolean;
  /** Why the box cannot be changed; null: it can. */
  fixed: string | null;
  onToggle: (on: boolean) => void;
  onAction: (action: JobAction) => void;
}

export function JobTableRow({ row, tab, isSelected, fixed, onToggle, onAction }: JobTableRowProps) {
  const action = row.isRemoved ? undefined : listJobActions(row.state)[0];
  const when = readWhen(row);
  return (
    <tr data-job={row.id} aria-selected={isSelected} className="focus-within:shadow-[inset_2px_0_0_var(--ink)]">
      <td>
        <input
          type="checkbox"
          className="check"
          aria-label={`Select ${toVisible(row.id)}`}
          checked={isSelected}
          disabled={fixed !== null || (row.isRemoved && !isSelected)}
          title={fixed ?? undefined}
          onChange={(event) => onToggle(event.currentTarget.checked)}
        />
      </td>
      <td className="job-cell mono max-w-[150px] min-[1300px]:max-w-[230px]">
        <PageLink
          href={jobHref(row.source, row.queue, row.id)}
          className={`clip block hover:underline ${row.isRemoved ? 'line-through' : ''}`}
          title={toVisible(row.id)}
        >
          <Visible text={row.id} />
        </PageLink>
        {/* Where there is no room for columns, name and error stand below. */}
        <span className="clip block font-sans text-[13px] text-ink-2 min-[621px]:hidden">
          {row.isRemoved ? 'Removed · ' : row.state !== tab && `${STATE_LABELS[row.state]} · `}
          <Visible text={row.name} />
          {row.error && <Visible text={` · ${row.error}`} />}
        </span>
      </td>
      <td className="col-1 max-w-[200px]">
        <span className="name clip block" title={toVisible(row.name)}>
          <Visible text={row.name} />
        </span>
      </td>
      <td className="col-1">
        {row.isRemoved ? <span className="faint">Removed</span> : <StateMark state={row.state} />}
      </td>
      <td className="num col-2 muted">
        {row.attemptsMade} / {row.attempts}
      </td>
      <td className="col-1 muted">{when ? <Ago at={when} /> : '—'}</td>
      <td className="num col-3 muted">
        {row.waitMs === null && row.state === 'waiting' ? <Running at={row.addedAt} /> : formatDuration(row.waitMs)}
      </td>
      <td className="num col-2 muted">
        {row.state === 'active' && row.startedAt ? <Running at={row.startedAt} /> : formatDuration(row.runMs)}
      </td>
      <td className="col-1 max-w-0">
        {tab === 'active' && row.state === 'active' ? (
          <ProgressCell value={row.progress} />
        ) : (
          <ErrorCell error={row.error} />
        )}
      </td>
      <td className="num">
        {action && (
          <Button
            small
            look="ghost"
            className={action === 'job.cancel' || action === 'job.remove' ? 'danger' : ''}
            aria-label={`${JOB_ACTION_LABELS[action]} ${toVisible(row.id)}`}
            onClick={() => onAction(action)}
          >
            {JOB_ACTION_LABELS[action]}
          </Button>
        )}
      </td>
    </tr>
  );
}

function readWhen(row: SeenRow): string | null {
  if (row.state === 'completed' || row.state === 'failed') return row.finishedAt;
  if (row.state === 'active') return row.startedAt;
  return row.state === 'delayed' ? row.runAt : row.addedAt;
}

function ErrorCell({ error }: { error: string | null }) {
  return (
    <span className="mono muted clip block" title={error ? toVisible(error) : undefined}>
      <Visible text={error} />
    </span>
  );
}

function ProgressCell({ value }: { value: unknown }) {
  const progress = readProgress(value);
  if (!progress) return <span className="faint">—</span>;
  return (
    <span className="prog max-w-full">
      {progress.share !== null && <i aria-hidden style={{ ['--p' as string]: `${progress.share * 100}%` }} />}
      {progress.share !== null && <span className="tnum">{formatShare(progress.share)}</span>}
      <span className="muted clip">
        <Visible text={progress.note} />
      </span>
    </span>
  );
}
