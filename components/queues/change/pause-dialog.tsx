'use client';

import { useState } from 'react';
import { usePause } from '@/components/queues/change/use-pause';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { TextField } from '@/components/ui/text-field';

interface PauseDialogProps {
  source: string;
  queue: string;
  onClose: () => void;
}

const MOST_CHARS = 500;

/** Asks why, for those who will wonder. */
export function PauseDialog({ source, queue, onClose }: PauseDialogProps) {
  const { change, isPending } = usePause();
  const [reason, setReason] = useState('');
  const pause = async () => {
    if (isPending) return;
    if (await change({ source, queue, paused: true, reason: reason.trim() || undefined })) onClose();
  };
  return (
    <Dialog
      title={`Pause ${queue}?`}
      onClose={onClose}
      onSubmit={() => void pause()}
      footer={
        <>
          <Button onClick={onClose}>Keep it running</Button>
          <Button look="primary" type="submit" busy={isPending}>
            Pause it
          </Button>
        </>
      }
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
    </Dialog>
  );
}
