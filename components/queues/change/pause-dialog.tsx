'use client';

import { useState } from 'react';
import { ChangeDialog } from '@/components/jobs/change/change-dialog';
import { usePause } from '@/components/queues/change/use-pause';
import { TextField } from '@/components/ui/text-field';

interface PauseDialogProps {
  source: string;
  queue: string;
  onClose: () => void;
}

const MOST_CHARS = 500;

/** Asks why, for those who will wonder. */
export function PauseDialog({ source, queue, onClose }: PauseDialogProps) {
  const { run, isPending } = usePause();
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>(null);
  const pause = async () => {
    if (isPending) return;
    setError(null);
    try {
      await run({ source, queue, paused: true, reason: reason.trim() || null });
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <ChangeDialog
      title={`Pause ${queue}?`}
      action="Pause it"
      busy={isPending}
      error={error}
      onSubmit={() => void pause()}
      onClose={onClose}
    >
      <TextField
        label="Reason"
        optional
        data-autofocus
        maxLength={MOST_CHARS}
        value={reason}
        onChange={setReason}
        placeholder="The mail provider is down"
        hint="Stands on the queue’s page with your name and the time, and in the audit."
      />
      <p className="muted m-0">Jobs that run now end. New ones are added and wait; none begins until it is resumed.</p>
    </ChangeDialog>
  );
}
