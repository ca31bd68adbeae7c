'use client';

import { useEffect, useState } from 'react';
import { Button, type ButtonProps } from '@/components/ui/button';
import { showToast } from '@/components/ui/toast/toast-store';

interface CopyButtonProps extends ButtonProps {
  /** Made when pressed: it may be large. */
  text: () => string;
  label: string;
}

export function CopyButton({ text, label, ...rest }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
    } catch {
      showToast({
        tone: 'failed',
        title: 'The browser did not allow copying',
        detail: 'Select the text and copy it by hand.',
      });
    }
  };
  return (
    <Button {...rest} onClick={() => void copy()}>
      {/* Both words keep their room, so that the button does not change its width. */}
      <span className="grid">
        <span className={`col-start-1 row-start-1 ${copied ? 'invisible' : ''}`}>{label}</span>
        <span aria-live="polite" className={`col-start-1 row-start-1 ${copied ? '' : 'invisible'}`}>
          {copied ? 'Copied' : ''}
        </span>
      </span>
    </Button>
  );
}
