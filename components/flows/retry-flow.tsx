'use client';

import { lazy, Suspense, useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { useFlowFailures } from '@/lib/client/flows';
import type { JobAddress } from '@/lib/client/jobs';
import { formatCount } from '@/lib/format';

const RetryFlowDialog = lazy(() =>
  import('@/components/flows/retry-flow-dialog').then((file) => ({ default: file.RetryFlowDialog })),
);

/** So long after a retry was begun it is looked at more often how it goes. */
const WATCHED_MS = 20_000;

/** Retries what failed below a job; nothing where nothing has. */
export function RetryFlow({ address }: { address: JobAddress }) {
  const [asked, setAsked] = useState(false);
  const [isWatched, setWatched] = useState(false);
  const { data } = useFlowFailures(address, isWatched);
  useEffect(() => {
    if (!isWatched) return;
    const timer = setTimeout(() => setWatched(false), WATCHED_MS);
    return () => clearTimeout(timer);
  }, [isWatched]);
  const isOffered = data !== undefined && data.jobs + data.blocked > 0;
  const count = data?.jobs ?? 0;
  return (
    <>
      {isOffered && (
        <Button look="primary" blocked={data.cannot['flow.retry'] ?? null} onClick={() => setAsked(true)}>
          Retry {count === 1 && data.exact ? 'failed child' : `${formatCount(count, !data.exact)} failed children`}
        </Button>
      )}
      <Suspense>
        {asked && (
          <RetryFlowDialog address={address} onStarted={() => setWatched(true)} onClose={() => setAsked(false)} />
        )}
      </Suspense>
    </>
  );
}
