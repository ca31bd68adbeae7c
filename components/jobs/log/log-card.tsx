'use client';

import { lazy, Suspense, useState } from 'react';
import { useJobLog } from '@/components/jobs/log/use-job-log';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { describeError } from '@/lib/client/http/problem-error';
import type { JobAddress } from '@/lib/client/jobs';
import type { JobState } from '@/lib/contracts/states';
import { formatCount, formatPlural } from '@/lib/format';

// Most jobs write no line.
const LogLines = lazy(() => import('@/components/jobs/log/log-lines').then((file) => ({ default: file.LogLines })));

export function LogCard({ address, state }: { address: JobAddress; state: JobState }) {
  const { log, error, readAll, isReading } = useJobLog(address);
  const [following, setFollowing] = useState(true);
  const lines = log?.lines ?? [];
  const isRunning = state === 'active';
  return (
    <section className="card" aria-labelledby="log-title">
      <header>
        <h2 id="log-title">Log</h2>
        <div className="r">
          {log && (
            <span className="tnum max-sm:hidden">
              {log.lines.length < log.total
                ? `${formatCount(log.lines.length)} of ${formatPlural(log.total, 'line')}`
                : formatPlural(log.total, 'line')}
            </span>
          )}
          {log && log.lines.length < log.total && !isReading && (
            <Button small look="ghost" onClick={readAll}>
              Read the rest
            </Button>
          )}
          {isRunning && (
            <Button small look="ghost" aria-pressed={following} onClick={() => setFollowing(!following)}>
              {following ? 'Following' : 'Follow'}
            </Button>
          )}
          {lines.length > 0 && <CopyButton small look="ghost" label="Copy" text={() => lines.join('\n')} />}
        </div>
      </header>
      {lines.length > 0 ? (
        <Suspense fallback={<div className="log" />}>
          <LogLines lines={lines} following={following && isRunning} onScrolledAway={() => setFollowing(false)} />
        </Suspense>
      ) : (
        <p className="muted m-0 px-[14px] py-3">
          {error ? `The log could not be read. ${describeError(error)}` : describeNone(state)}
        </p>
      )}
    </section>
  );
}

function describeNone(state: JobState): string {
  if (state === 'active') return 'No line yet. Lines appear here as the worker writes them.';
  if (state === 'completed' || state === 'failed') return 'The worker wrote no line.';
  return 'Lines appear here once it runs.';
}
