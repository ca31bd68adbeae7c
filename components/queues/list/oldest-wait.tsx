'use client';

import { LONG_WAIT_MS } from '@/components/queues/ready';
import { useNow } from '@/components/ui/now';
import { useLiveStatus } from '@/lib/client/live/use-live';
import { formatCoarse, formatDuration } from '@/lib/format';

interface OldestWaitProps {
  /** As it was at `at`. */
  ms: number | null;
  at: string;
}

/** Goes on counting between frames while they are live; stands still when they are not. */
export function OldestWait({ ms, at }: OldestWaitProps) {
  const now = useNow();
  const isLive = useLiveStatus().phase === 'live';
  if (ms === null) return <span className="faint">—</span>;
  if (ms === 0) return <span className="faint">0 s</span>;
  const waitedMs = ms + (isLive ? Math.max(0, now - Date.parse(at)) : 0);
  return (
    <span className={waitedMs >= LONG_WAIT_MS ? 'bad' : ''}>
      {waitedMs < 10_000 ? formatDuration(waitedMs) : formatCoarse(waitedMs)}
    </span>
  );
}
