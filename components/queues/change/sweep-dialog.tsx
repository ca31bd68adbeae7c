'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { useQueueChange } from '@/components/queues/change/use-queue-change';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ProblemNotice } from '@/components/ui/problem';
import { describeError, ProblemError } from '@/lib/client/http/problem-error';
import { sweep } from '@/lib/client/sweep';
import type { SweepResult } from '@/lib/contracts/queue-changes';
import type { Queue } from '@/lib/contracts/queues';
import { formatCount, formatPlural } from '@/lib/format';

interface SweepDialogProps {
  queue: Queue;
  title: string;
  action: string;
  /** Why it cannot begin yet. */
  blocked?: string | null;
  step: (cursor: string | undefined) => Promise<SweepResult>;
  /** What is removed, as a word: `job`, `left-over key`. */
  what?: [one: string, many: string];
  onDone?: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Removes step by step, sparing the broker; says how far it is, and can be stopped between steps. */
export function SweepDialog(props: SweepDialogProps) {
  const { queue, title, action, blocked, step, what = ['job', 'jobs'], onDone, onClose, children } = props;
  const { run, busy, error } = useQueueChange(queue.source, queue.name);
  const [removed, setRemoved] = useState<number | null>(null);
  const [stop, setStop] = useState<AbortController | null>(null);
  useEffect(() => () => stop?.abort(), [stop]);
  const begin = async () => {
    const stopper = new AbortController();
    setStop(stopper);
    setRemoved(0);
    const ended = await run(async () => {
      const end = await sweep(step, setRemoved, stopper.signal);
      return {
        title: `${formatPlural(end.removed, ...what)} removed from ${queue.name}`,
        detail: end.done ? undefined : 'It was stopped before it was done.',
      };
    });
    if (!ended) return setRemoved(null);
    onClose();
    onDone?.();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          {busy && (
            <span className="muted tnum mr-auto" role="status">
              {formatCount(removed)} removed so far
            </span>
          )}
          <Button data-autofocus onClick={() => (busy ? stop?.abort() : onClose())}>
            {busy ? 'Stop' : 'Keep as it is'}
          </Button>
          <Button look="danger-solid" busy={busy} blocked={blocked} onClick={() => void begin()}>
            {action}
          </Button>
        </>
      }
    >
      {Boolean(error) && (
        <ProblemNotice
          title={error instanceof ProblemError ? error.title : 'It did not work'}
          detail={error instanceof ProblemError ? error.detail : describeError(error)}
        />
      )}
      {children}
    </Dialog>
  );
}
