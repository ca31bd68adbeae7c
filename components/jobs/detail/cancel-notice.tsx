import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { Job } from '@/lib/contracts/jobs';

/** Where a cancel stands: requested, acknowledged, or why it may stay requested. */
export function CancelNotice({ cancel, note }: { cancel: NonNullable<Job['cancel']>; note: string | null }) {
  const isHeard = cancel.state === 'acknowledged';
  return (
    <div className={`notice ${isHeard ? 'active' : 'paused'}`} role="status">
      <span className="dot translate-y-[-1px]" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="font-[600]">{isHeard ? 'Cancel acknowledged' : 'Cancel requested'}</b>{' '}
        <span className="muted">
          <Ago at={cancel.acknowledgedAt ?? cancel.requestedAt} /> by <Visible text={cancel.by} />
          {cancel.reason && <Visible text={`: ${cancel.reason}`} />}
        </span>
        <div className="muted">
          {isHeard
            ? 'Its worker is stopping it. It will end as failed with the code "cancelled" and is not retried.'
            : (note ??
              'Its worker has been told and has not answered yet. A worker without the control module never will: the job then runs to its end.')}
        </div>
      </div>
    </div>
  );
}
