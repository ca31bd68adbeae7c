'use client';

import { clsx } from 'clsx';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from '@/components/ui/button';

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
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    // React's autoFocus comes before the dialog is open, and is lost.
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={clsx('dialog', className)}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
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
            {title}
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
