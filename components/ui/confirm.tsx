'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  /** Why it cannot be confirmed yet. */
  blocked?: string | null;
  onConfirm: () => Promise<void> | void;
  onClose: () => void;
}

/** Asks once. Focus starts on the way out, so that Enter alone destroys nothing. */
export function Confirm({ title, children, action, danger, blocked, onConfirm, onClose }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    await onConfirm();
    onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button data-autofocus onClick={onClose}>
            Keep as it is
          </Button>
          <Button
            look={danger ? 'danger-solid' : 'primary'}
            busy={busy}
            blocked={blocked}
            onClick={() => void confirm()}
          >
            {action}
          </Button>
        </>
      }
    >
      <div className="grid gap-2">{children}</div>
    </Dialog>
  );
}
