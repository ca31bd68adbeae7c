'use client';

import { useHydrated, useNow } from '@/components/ui/now';
import { useLiveStatus } from '@/lib/client/live/use-live';
import { formatCoarse } from '@/lib/format';

/** Whether the figures are true now, and if not, since when. */
export function LiveIndicator() {
  const status = useLiveStatus();
  const now = useNow();
  const hydrated = useHydrated();
  const isLost = status.phase === 'lost';
  const ageMs = status.liveUntilMs === null ? null : now - status.liveUntilMs;
  return (
    <>
      {!hydrated || status.phase !== 'lost' ? (
        <span
          className={`live ${status.phase === 'live' ? 'completed' : 'unknown off'}`}
          title={
            status.phase === 'live' ? 'Every figure follows the brokers as they change' : 'Opening the live connection'
          }
        >
          {status.phase === 'live' ? 'Live' : hydrated ? 'Connecting' : 'Not live'}
        </span>
      ) : (
        <span
          className="live paused off tnum"
          title="Queuedeck does not answer. What you see are the last values; they follow again as soon as it does."
        >
          Reconnecting
          <span className="max-sm:hidden">{ageMs === null ? '' : `, figures ${formatCoarse(ageMs)} old`}</span>
        </span>
      )}
      {/* Said once for each change, not once a second. */}
      <span className="sr-only" role="status">
        {isLost ? 'Live connection lost. Figures may be old.' : ''}
      </span>
    </>
  );
}
