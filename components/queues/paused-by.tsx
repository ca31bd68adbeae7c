'use client';

import { Ago } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { PauseNote } from '@/lib/contracts/queues';
import { toVisible } from '@/lib/format/visible';

const UNKNOWN = 'It is not known who paused it';

/** Who paused a queue, when, and what they said of it. */
export function PausedBy({ pause }: { pause: PauseNote | null }) {
  if (pause === null) return <span className="muted">{UNKNOWN}</span>;
  return (
    <span className="muted clip max-w-[52ch]" title={pause.reason === null ? undefined : toVisible(pause.reason)}>
      by <Visible text={pause.by} /> <Ago at={pause.at} />
      {pause.reason !== null && (
        <>
          : <Visible text={pause.reason} />
        </>
      )}
    </span>
  );
}

/** The same in plain text. */
export function describePause(pause: PauseNote | null): string {
  if (pause === null) return UNKNOWN;
  const { by, at, reason } = pause;
  return `Paused by ${by} at ${at.slice(0, 16).replace('T', ' ')} UTC${reason === null ? '' : `: ${reason}`}`;
}
