import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { showToast } from '@/components/ui/toast/toast-store';
import { keys } from '@/lib/client/query-keys';

interface Done {
  title: string;
  detail?: string | undefined;
}

/** Runs one change of one queue: says how it ended, and reads the queue and its lists anew. */
export function useQueueChange(source: string, queue: string) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** True when it is done; else `error` says why not. */
  const run = async (change: () => Promise<Done>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setError(null);
    try {
      showToast({ tone: 'done', ...(await change()) });
      return true;
    } catch (failure) {
      setError(failure);
      return false;
    } finally {
      setBusy(false);
      for (const key of [
        keys.queue(source, queue),
        keys.queueWhy(source, queue),
        keys.rateLimit(source, queue),
        keys.jobLists(source, queue),
        keys.bin(),
      ])
        void client.invalidateQueries({ queryKey: key });
    }
  };
  return { run, busy, error };
}
