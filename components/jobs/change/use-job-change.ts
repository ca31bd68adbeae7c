import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { showToast } from '@/components/ui/toast/toast-store';
import { describeError } from '@/lib/client/http/problem-error';
import type { JobAddress } from '@/lib/client/jobs';
import { keys } from '@/lib/client/query-keys';

/** Runs one change of one job: says how it ended, and reads the job anew. `change` returns what to say. */
export function useJobChange({ source, queue, job }: JobAddress) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: keys.job(source, queue, job) });
    void client.invalidateQueries({ queryKey: keys.jobLogs(source, queue, job) });
    void client.invalidateQueries({ queryKey: keys.jobWhy(source, queue, job) });
  };
  /** True when it is done; else `error` says why not. */
  const run = async (change: () => Promise<Done>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setError(null);
    try {
      const done = await change();
      showToast({ tone: 'done', ...(typeof done === 'string' ? { title: done } : done) });
      refresh();
      setBusy(false);
      return true;
    } catch (failure) {
      setError(failure);
      refresh();
      setBusy(false);
      return false;
    }
  };
  /** The same where no dialog stands to show the error. */
  const runAlone = async (title: string, change: () => Promise<Done>): Promise<void> => {
    setBusy(true);
    try {
      const done = await change();
      showToast({ tone: 'done', ...(typeof done === 'string' ? { title: done } : done) });
    } catch (failure) {
      showToast({ tone: 'failed', title: `${title} did not work`, detail: describeError(failure) });
    }
    refresh();
    setBusy(false);
  };
  return { run, runAlone, busy, error };
}

type Done = string | { title: string; detail?: string; href?: string; hrefLabel?: string };
