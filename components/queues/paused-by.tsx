'use client';

import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { PauseNote } from '@/lib/contracts/queues';
import { toVisible } from '@/lib/format/visible';

const UNKNOWN = 'It is not known who paused it';

interface PausedByProps {
  pause: PauseNote | null;
  /** In a row: as much as there is room for. */
  brief?: boolean;
}

/** Who paused a queue, when, and what they said of it. */
export function PausedBy({ pause, brief = false }: PausedByProps) {
  if (pause === null) return brief ? null : <span className="muted">{UNKNOWN}</span>;
  const { by, at, reason } = pause;
  return (
    <span
      className={`muted clip min-w-0 ${brief ? 'max-w-[30ch] flex-1' : 'max-w-[60ch]'}`}
      title={reason === null ? undefined : toVisible(reason)}
    >
      by <Visible text={by} /> <Ago at={at} />
      {reason !== null && (
        <>
          : <Visible text={reason} />
        </>
      )}
    </span>
  );
}
