'use client';

import { clsx } from 'clsx';
import { type ReactNode, useId } from 'react';
import { Button } from '@/components/ui/button';
import { useModal } from '@/components/ui/use-modal';
import { Visible } from '@/components/ui/visible';

interface DialogProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** Buttons; stays in view while the rest scrolls. */
  footer?: ReactNode;
  className?: string;
  /** Submitting the form (Enter in a field included). */
  onSubmit?: () => void;
}

/** The browser's own modal dialog: it traps focus, closes on Escape, and gives focus back to where it was. */
export function Dialog({ title, onClose, children, footer, className, onSubmit }: DialogProps) {
  const modal = useModal(onClose);
  const titleId = useId();
  return (
    <dialog {...modal} className={clsx('dialog', className)} aria-labelledby={titleId}>
      <form
        className="flex min-h-0 flex-col"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <header className="flex items-center gap-3 border-b border-line px-4 py-2.5">
          <h2 id={titleId} className="clip text-[14px]">
            {typeof title === 'string' ? <Visible text={title} /> : title}
          </h2>
          <Button look="ghost" small icon className="ml-auto" aria-label="Close" onClick={onClose}>
            ✕
          </Button>
        </header>
        <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] gap-4 overflow-auto px-4 py-4">{children}</div>
        {footer && (
          <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3">
            {footer}
          </footer>
        )}
      </form>
    </dialog>
  );
}
