'use client';

import Link from 'next/link';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Button } from '@/components/ui/button';
import { dropToast, readNoToasts, readToasts, subscribeToasts, type Toast } from '@/components/ui/toast/toast-store';
import { Visible } from '@/components/ui/visible';

const TONES = { done: 'completed', failed: 'failed', plain: 'waiting' };

/** The live region for what actions did. It is in the page from the start, or screen readers would miss the first one. */
export function Toasts() {
  const toasts = useSyncExternalStore(subscribeToasts, readToasts, readNoToasts);
  return (
    <section className="toasts" aria-live="polite" aria-label="Messages">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dropToast(toast.id), toast.tone === 'failed' || toast.onUndo ? 12_000 : 6_000);
    return () => clearTimeout(timer);
  }, [held, toast.id, toast.tone, toast.onUndo]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only holds the timer; focus does too
    <div
      className="toast"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={`dot mt-[5px] ${TONES[toast.tone]}`} />
      <div className="min-w-0">
        <div className="font-[550] [overflow-wrap:anywhere]">
          <Visible text={toast.title} />
        </div>
        {toast.detail && (
          <div className="muted [overflow-wrap:anywhere]">
            <Visible text={toast.detail} />
          </div>
        )}
        {toast.onUndo && (
          <Button
            small
            className="mt-1"
            onClick={() => {
              dropToast(toast.id);
              toast.onUndo?.();
            }}
          >
            Undo
          </Button>
        )}
        {toast.href && (
          <Link className="link" href={toast.href} prefetch={false}>
            {toast.hrefLabel ?? 'Open'}
          </Link>
        )}
      </div>
      <Button look="ghost" small icon aria-label="Dismiss" className="-my-1" onClick={() => dropToast(toast.id)}>
        ✕
      </Button>
    </div>
  );
}
