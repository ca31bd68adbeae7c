'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';

interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  /** It harms nothing: the focus starts on the button that does it. */
  isPlain?: boolean;
  /** Why it cannot be confirmed yet. */
  blocked?: string | null;
  onConfirm: () => Promise<void> | void;
  onClose: () => void;
}

/** Asks once. Focus starts on the way out, so that Enter alone destroys nothing; of what is plain, on the way on. */
export function Confirm({
  title,
  children,
  action,
  danger,
  isPlain = false,
  blocked,
  onConfirm,
  onClose,
}: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const confirm = async () => {
    if (busy) return;
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
          <Button {...(isPlain ? {} : { 'data-autofocus': true })} onClick={onClose}>
            Keep as it is
          </Button>
          <Button
            {...(isPlain ? { 'data-autofocus': true } : {})}
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
