'use client';

import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { PauseNote } from '@/lib/contracts/queues';
import { toVisible } from '@/lib/format/visible';

const UNKNOWN = 'It is not known who paused it';

interface PausedByProps {
  pause: PauseNote | null;
  /** With what they said of it, where no other line says that. */
  withReason?: boolean;
  className?: string;
}

/** Who paused a queue, and when. */
export function PausedBy({ pause, withReason = false, className = '' }: PausedByProps) {
  if (pause === null) return <span className={`muted ${className}`}>{UNKNOWN}</span>;
  const { by, at, reason } = pause;
  return (
    <span className={`muted clip ${className}`} title={reason === null ? undefined : toVisible(reason)}>
      by <Visible text={by} />, <Ago at={at} />
      {withReason && reason !== null && (
        <>
          : <Visible text={reason} />
        </>
      )}
    </span>
  );
}
