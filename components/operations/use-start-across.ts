import { useState } from 'react';
import { readCount } from '@/components/operations/count-field';
import { showToast } from '@/components/ui/toast/toast-store';
import { ProblemError } from '@/lib/client/http/problem-error';
import { operationHref } from '@/lib/client/http/url';
import type { StartedOperations } from '@/lib/contracts/operations';
import { formatPlural } from '@/lib/format';

export interface AcrossOrder {
  reason: string;
  options: { confirmCount?: number };
}

interface StartAcross<Started> {
  /** As in "Started: retry 5 jobs". */
  verb: string;
  /** To begin with. */
  reason?: string;
  /** Why it cannot be started, whatever is filled in; null = it can. */
  cannot?: string | null | undefined;
  run: (order: AcrossOrder) => Promise<Started>;
  describe: (started: Started) => string | undefined;
  onStarted: () => void;
}

/**
 * What a dialog asks that starts operations over several queues, one for each: a reason, and the number of jobs once the server wants it
 * typed (`count`; it fixes the set).
 */
export function useStartAcross<Started extends StartedOperations>(of: StartAcross<Started>) {
  const [reason, setReason] = useState(of.reason ?? '');
  const [typed, setTyped] = useState('');
  const [count, setCount] = useState<number | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const blocked = findObstacle();

  function findObstacle(): string | null {
    if (reason.trim() === '') return 'Say why: the reason stands in the audit and on the operation.';
    if (count !== null && readCount(typed) !== count) return `Type ${count} to confirm it.`;
    return of.cannot ?? null;
  }
  const start = async () => {
    setTried(true);
    if (blocked || busy) return;
    setBusy(true);
    setError(null);
    try {
      const started = await of.run({ reason: reason.trim(), options: count === null ? {} : { confirmCount: count } });
      const [only] = started.operations;
      showToast({
        tone: 'done',
        title: `Started: ${of.verb} ${formatPlural(started.jobs, 'job')}`,
        detail: of.describe(started),
        href: started.operations.length === 1 && only ? operationHref(only.id) : '/operations',
        hrefLabel: 'Follow it',
      });
      of.onStarted();
    } catch (failure) {
      if (failure instanceof ProblemError && failure.code === 'confirm_count' && failure.count !== null) {
        setCount(failure.count);
        setTyped('');
        setTried(false);
      } else setError(failure);
    }
    setBusy(false);
  };
  return { reason, setReason, typed, setTyped, count, complaint: tried ? blocked : null, busy, error, start };
}
