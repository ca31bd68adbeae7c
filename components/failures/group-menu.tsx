'use client';

import { useState } from 'react';
import type { GroupVerb } from '@/components/failures/group-table';
import { MuteDialog } from '@/components/failures/mute-dialog';
import { Menu, type MenuItem } from '@/components/ui/menu';
import { showToast } from '@/components/ui/toast/toast-store';
import { useGroupChanges } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import type { FailureGroup } from '@/lib/contracts/failures';

interface GroupMenuProps {
  group: FailureGroup;
  onAsk: (verb: GroupVerb) => void;
  /** The page of the group has its main actions as buttons. */
  brief?: boolean;
}

/** What can be done to all of a group, and said of it. */
export function GroupMenu({ group, onAsk, brief }: GroupMenuProps) {
  const { resolve, reopen } = useGroupChanges();
  const [isMuting, setMuting] = useState(false);
  const say = async (done: string, change: () => Promise<void>) => {
    try {
      await change();
      showToast({ tone: 'done', title: done });
    } catch (error) {
      showToast({ tone: 'failed', title: 'The group was not changed', detail: describeError(error) });
    }
  };
  const none = group.jobsNow === 0 ? 'None of its jobs is failed in the broker now' : null;
  const cannot = (verb: string) => (group.can.includes(verb) ? null : 'Your role does not include it');
  const states: MenuItem[] = [];
  if (group.state !== 'open')
    states.push({
      id: 'reopen',
      label: group.state === 'muted' ? 'Unmute' : 'Reopen',
      blocked: cannot('failure.reopen'),
      onChoose: () => void say('The group is open again', () => reopen(group.id)),
    });
  if (group.state !== 'muted')
    states.push({ id: 'mute', label: 'Mute…', blocked: cannot('failure.mute'), onChoose: () => setMuting(true) });
  if (group.state !== 'resolved')
    states.push({
      id: 'resolve',
      label: 'Mark as resolved',
      blocked: cannot('failure.resolve'),
      onChoose: () => void say('Resolved, until it fails again', () => resolve(group.id)),
    });
  const [first, ...rest] = states;
  const items: MenuItem[] = [
    ...(brief
      ? []
      : [{ id: 'remove', label: 'Remove all…', danger: true, blocked: none, onChoose: () => onAsk('remove') }]),
    { id: 'cancel', label: 'Cancel those that wait to be retried…', danger: true, onChoose: () => onAsk('cancel') },
    ...(first ? [{ ...first, apart: true }] : []),
    ...rest,
  ];
  return (
    <>
      <Menu small label={`More for ${group.title}`} items={items} />
      {isMuting && <MuteDialog group={group} onClose={() => setMuting(false)} />}
    </>
  );
}
