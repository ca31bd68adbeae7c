'use client';

import { CountField } from '@/components/operations/count-field';
import { useStartAcross } from '@/components/operations/use-start-across';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { SkeletonRows } from '@/components/ui/skeleton';
import { TextField } from '@/components/ui/text-field';
import { Visible } from '@/components/ui/visible';
import { useFlowFailures, useFlowRetry } from '@/lib/client/flows';
import { describeError } from '@/lib/client/http/problem-error';
import type { JobAddress } from '@/lib/client/jobs';
import { MEANS } from '@/lib/client/operation-words';
import type { FlowFailures, FlowRetried } from '@/lib/contracts/flows';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

const SHOWN = 6;
const REASON = 'Retry what failed in this flow';

interface RetryFlowDialogProps {
  address: JobAddress;
  onStarted: () => void;
  onClose: () => void;
}

/** What would be retried, what stays as it is and why, and the reason. */
export function RetryFlowDialog({ address, onStarted, onClose }: RetryFlowDialogProps) {
  const { data, error: unread } = useFlowFailures(address);
  const { reason, setReason, typed, setTyped, count, complaint, busy, error, start } = useStartAcross({
    ...{ verb: 'retry', reason: REASON, cannot: data?.cannot['flow.retry'] },
    run: useFlowRetry(address),
    describe: describeStart,
    onStarted: () => {
      onStarted();
      onClose();
    },
  });
  return (
    <Dialog
      title="Retry what failed in this flow"
      onClose={onClose}
      onSubmit={() => void start()}
      footer={
        <>
          {complaint && (
            <span className="field-error mr-auto" role="status">
              {complaint}
            </span>
          )}
          <Button onClick={onClose}>Change nothing</Button>
          <Button look="primary" busy={busy} onClick={() => void start()}>
            Retry {formatCount(count ?? data?.jobs, count === null && data?.exact === false)}
          </Button>
        </>
      }
    >
      {Boolean(error ?? unread) && (
        <ProblemNotice title="Nothing was started" detail={describeError(error ?? unread)} />
      )}
      {data ? <Found found={data} /> : <SkeletonRows rows={3} columns={2} />}
      <TextField label="Reason" maxLength={500} data-autofocus value={reason} onChange={setReason} />
      {count !== null && <CountField count={count} value={typed} onChange={setTyped} />}
    </Dialog>
  );
}

function Found({ found }: { found: FlowFailures }) {
  const shown = found.sample.slice(0, SHOWN);
  return (
    <>
      <div className="grid gap-1">
        <p className="m-0">
          {formatCount(found.jobs, !found.exact)} failed in{' '}
          <Visible text={found.queues.map(({ queue, jobs }) => `${queue} (${formatCount(jobs)})`).join(', ')} />.
        </p>
        <p className="muted m-0">{MEANS.retry}</p>
      </div>
      <ul className="m-0 grid list-none gap-1 p-0" aria-label="Failed jobs">
        {shown.map(({ queue, id, name, error }) => (
          <li key={`${queue} ${id}`} className="flex min-w-0 items-baseline gap-2" title={toVisible(error ?? '')}>
            <b className="clip flex-none font-[600]">
              <Visible text={name} />
            </b>
            <span className="mono bad clip">
              <Visible text={error ?? ''} />
            </span>
          </li>
        ))}
        {found.jobs > shown.length && <li className="faint">and {formatCount(found.jobs - shown.length)} more</li>}
      </ul>
      {describeLeft(found) && <p className="muted m-0">{describeLeft(found)}</p>}
    </>
  );
}

function describeLeft({ blocked, ignored, exact }: Pick<FlowFailures, 'blocked' | 'ignored' | 'exact'>): string {
  const parts = [];
  if (blocked > 0)
    parts.push(
      `${formatPlural(blocked, 'job')} that failed with ${blocked === 1 ? 'its' : 'their'} children can be retried when these have completed.`,
    );
  if (ignored > 0)
    parts.push(`${formatPlural(ignored, 'failure')} that the parent ignores ${ignored === 1 ? 'stays' : 'stay'}.`);
  if (!exact) parts.push('The flow is large: not all of it was looked at.');
  return parts.join(' ');
}

function describeStart({ operations, leftOut, ...found }: FlowRetried): string | undefined {
  const parts = [];
  if (operations.length > 1) parts.push(`${operations.length} operations, one for each queue.`);
  for (const { queue, jobs, reason } of leftOut)
    parts.push(`${formatPlural(jobs, 'job')} of ${toVisible(queue)} left as they are: ${reason}`);
  parts.push(describeLeft(found));
  return parts.filter(Boolean).join(' ') || undefined;
}
