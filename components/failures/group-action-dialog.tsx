'use client';

import type { GroupVerb } from '@/components/failures/group-table';
import { GroupTitle } from '@/components/failures/group-title';
import { CountField } from '@/components/operations/count-field';
import { useStartAcross } from '@/components/operations/use-start-across';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { TextField } from '@/components/ui/text-field';
import { Visible } from '@/components/ui/visible';
import { useGroupChanges } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import { ACTION_LABELS, MEANS } from '@/lib/client/operation-words';
import type { FailureGroup } from '@/lib/contracts/failures';
import type { StartedOperations } from '@/lib/contracts/operations';
import { formatCount, formatPlural } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface GroupActionDialogProps {
  group: FailureGroup;
  verb: GroupVerb;
  onClose: () => void;
}

const WHICH: Record<GroupVerb, string> = {
  retry: 'All jobs that failed by this and still are failed in the broker.',
  remove: 'All jobs that failed by this and still are failed in the broker.',
  cancel: 'All jobs that failed by this and wait to be tried again.',
};

function describeStart(operations: number, leftOut: StartedOperations['leftOut']): string | undefined {
  const parts = [];
  if (operations > 1) parts.push(`${operations} operations, one for each queue`);
  for (const { queue, jobs, reason } of leftOut)
    parts.push(`${formatPlural(jobs, 'job')} of ${toVisible(queue)} left as they are: ${reason}`);
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** One operation for each queue: the set is fixed by the server, written down, and followed on its own page. */
export function GroupActionDialog({ group, verb, onClose }: GroupActionDialogProps) {
  const { operate } = useGroupChanges();
  const { reason, setReason, typed, setTyped, count, complaint, busy, error, start } = useStartAcross({
    verb: ACTION_LABELS[verb].toLowerCase(),
    run: (order) => operate(group.id, { action: verb, ...order }),
    describe: ({ operations, leftOut }) => describeStart(operations.length, leftOut),
    onStarted: onClose,
  });
  return (
    <Dialog
      title={`${ACTION_LABELS[verb]} all of this group`}
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
          <Button look={verb === 'retry' ? 'primary' : 'danger-solid'} busy={busy} onClick={() => void start()}>
            {ACTION_LABELS[verb]} {verb === 'cancel' ? 'them' : formatCount(count ?? group.jobsNow)}
          </Button>
        </>
      }
    >
      {Boolean(error) && <ProblemNotice title="Nothing was started" detail={describeError(error)} />}
      <p className="mono m-0 text-ink-2 [overflow-wrap:anywhere]">
        <GroupTitle title={group.title} />
      </p>
      <div className="grid gap-1">
        <p className="m-0">
          {WHICH[verb]} In <Visible text={group.queues.join(', ')} />.
        </p>
        <p className="muted m-0">{MEANS[verb]}</p>
      </div>
      <TextField
        label="Reason"
        placeholder="Why is this done? It is kept with the operation."
        maxLength={500}
        data-autofocus
        value={reason}
        onChange={setReason}
      />
      {count !== null && <CountField count={count} value={typed} onChange={setTyped} />}
    </Dialog>
  );
}
