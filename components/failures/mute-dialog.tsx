'use client';

import { useState } from 'react';
import { GroupTitle } from '@/components/failures/group-title';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { SelectField, TextField } from '@/components/ui/text-field';
import { showToast } from '@/components/ui/toast/toast-store';
import { useGroupChanges } from '@/lib/client/failures';
import { describeError } from '@/lib/client/http/problem-error';
import type { FailureGroup } from '@/lib/contracts/failures';

const HOUR_MS = 3_600_000;
const CHOICES = [
  { value: '1', label: 'for an hour' },
  { value: '4', label: 'for four hours' },
  { value: '24', label: 'for a day' },
  { value: '168', label: 'for a week' },
  { value: 'count', label: 'until it has failed so many times more' },
];
const MOST = 1_000_000;

/** Out of the open list until a time, or until it fails so many times more. */
export function MuteDialog({ group, onClose }: { group: FailureGroup; onClose: () => void }) {
  const { mute } = useGroupChanges();
  const [choice, setChoice] = useState('4');
  const [count, setCount] = useState('100');
  const [note, setNote] = useState(group.note ?? '');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const failures = Number(count);
  const fault =
    choice === 'count' && !(Number.isInteger(failures) && failures >= 1 && failures <= MOST)
      ? 'A whole number from 1 to 1,000,000'
      : null;
  const save = async () => {
    if (fault || busy) return;
    setBusy(true);
    const until = new Date(Date.now() + Number(choice) * HOUR_MS).toISOString();
    try {
      await mute(group.id, {
        ...(choice === 'count' ? { failures } : { until }),
        ...(note.trim() ? { note: note.trim() } : {}),
      });
      showToast({ tone: 'done', title: 'Muted; it is still counted' });
      onClose();
    } catch (error) {
      setProblem(describeError(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Mute this group"
      onClose={onClose}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Keep it open</Button>
          <Button look="primary" type="submit" busy={busy} blocked={fault}>
            Mute
          </Button>
        </>
      }
    >
      <p className="mono m-0 text-ink-2 [overflow-wrap:anywhere]">
        <GroupTitle title={group.title} />
      </p>
      <SelectField label="How long" value={choice} options={CHOICES} onChange={setChoice} />
      {choice === 'count' && (
        <TextField label="Failures more" inputMode="numeric" value={count} onChange={setCount} error={fault} />
      )}
      <TextField label="Note" optional rows={2} maxLength={1000} value={note} onChange={setNote} error={problem} />
    </Dialog>
  );
}
