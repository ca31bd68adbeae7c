import type { ReactNode } from 'react';
import { STATE_LABELS } from '@/components/queues/state-labels';
import type { JobState } from '@/lib/contracts/states';

/** Shape, word and colour. */
export function StateMark({ state }: { state: JobState }) {
  return (
    <span className={`state ${state}`}>
      <span className="dot" />
      {STATE_LABELS[state]}
    </span>
  );
}

export function Pill({
  tone,
  small,
  children,
}: {
  tone: JobState | 'paused' | 'unknown';
  small?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`pill ${tone} ${small ? 'small' : ''}`}>
      <span className="dot" />
      {children}
    </span>
  );
}
