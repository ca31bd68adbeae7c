'use client';

import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';

interface ChangeDialogProps {
  title: string;
  /** On the button that does it. */
  action: string;
  danger?: boolean;
  wide?: boolean;
  busy: boolean;
  error: unknown;
  /** Why it cannot be done yet. */
  blocked?: string | null;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks for what a change needs; stays open and says why when it is refused. Enter does nothing dangerous. */
export function ChangeDialog(props: ChangeDialogProps) {
  const { title, action, danger, wide, busy, error, blocked, onSubmit, onClose, children } = props;
  return (
    <Dialog
      title={title}
      className={wide ? 'wide' : ''}
      onClose={onClose}
      onSubmit={() => {
        if (!danger && !blocked) onSubmit();
      }}
      footer={
        <>
          <Button onClick={onClose}>Keep as it is</Button>
          <Button look={danger ? 'danger-solid' : 'primary'} busy={busy} blocked={blocked} onClick={onSubmit}>
            {action}
          </Button>
        </>
      }
    >
      {Boolean(error) && (
        <ProblemNotice
          title={error instanceof ProblemError ? error.title : 'Nothing was changed'}
          detail={error instanceof ProblemError ? error.detail : describeError(error)}
        />
      )}
      {children}
    </Dialog>
  );
}
