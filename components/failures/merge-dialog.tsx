'use client';

import { useState } from 'react';
import { GroupTitle } from '@/components/failures/group-title';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { showToast } from '@/components/ui/toast/toast-store';
import { useGroupChanges } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import { groupHref } from '@/lib/client/http/url';
import type { FailureGroup } from '@/lib/contracts/failures';
import { formatCount, formatPlural } from '@/lib/format';

interface MergeDialogProps {
  groups: FailureGroup[];
  onClose: () => void;
  onMerged: () => void;
}

/** Which of them goes on as the one: its title, state and note are those of all. */
export function MergeDialog({ groups, onClose, onMerged }: MergeDialogProps) {
  const { merge, split } = useGroupChanges();
  const byTotal = [...groups].sort((a, b) => b.total - a.total);
  const [head, setHead] = useState(byTotal[0]?.id ?? 0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const undo = async (parts: number[]) => {
    try {
      await split(head, parts);
      showToast({ tone: 'done', title: 'They are groups of their own again' });
    } catch (failure) {
      showToast({ tone: 'failed', title: 'The merge was not undone', detail: describeError(failure) });
    }
  };
  const start = async () => {
    if (busy) return;
    setBusy(true);
    const parts = groups.map(({ id }) => id).filter((id) => id !== head);
    try {
      await merge(head, parts);
      showToast({
        ...{ tone: 'done', title: `${formatPlural(groups.length, 'group')} merged into one` },
        ...{ href: groupHref(head), hrefLabel: 'Open it', action: { label: 'Undo', run: () => void undo(parts) } },
      });
      onClose();
      onMerged();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={`Merge ${formatPlural(groups.length, 'group')} into one`}
      onClose={onClose}
      onSubmit={() => void start()}
      footer={
        <>
          <Button onClick={onClose}>Leave them apart</Button>
          <Button look="primary" type="submit" busy={busy}>
            Merge
          </Button>
        </>
      }
    >
      {Boolean(error) && <ProblemNotice title="Nothing was merged" detail={describeError(error)} />}
      <p className="muted m-0">
        Failures, jobs and figures are told of together, what comes from now on too. Nothing changes in the broker, and
        each can be split off again.
      </p>
      <fieldset className="m-0 grid gap-1 border-0 p-0">
        <legend className="mb-1 p-0 font-[550]">Goes on as</legend>
        {byTotal.map((group) => (
          <label key={group.id} className="flex items-baseline gap-2.5 py-1">
            <input
              type="radio"
              name="head"
              className="accent-(--ink)"
              checked={group.id === head}
              onChange={() => setHead(group.id)}
            />
            <span className="mono min-w-0 flex-1 [overflow-wrap:anywhere]">
              <GroupTitle title={group.title} />
            </span>
            <span className="muted tnum whitespace-nowrap">{formatCount(group.total)}</span>
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
