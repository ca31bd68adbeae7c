'use client';

import { useHydrated, useNow } from '@/components/ui/now';
import type { LiveStatus } from '@/lib/client/live/stream';
import { useLiveStatus } from '@/lib/client/live/use-live';
import { useSources } from '@/lib/client/sources';
import { formatCoarse } from '@/lib/format';

/** Whether the figures are true now, and if not, since when. */
export function LiveIndicator() {
  const status = useLiveStatus();
  const now = useNow();
  const away = useSources().data?.items.filter((source) => source.status === 'down').length ?? 0;
  const shown = describeLive(status, useHydrated(), away, now);
  return (
    <>
      <span className={`live tnum ${shown.look}`} title={shown.title}>
        {shown.word}
        <span className="max-sm:hidden">{shown.age}</span>
      </span>
      {/* Said once for each change, not once a second. */}
      <span className="sr-only" role="status">
        {status.phase === 'lost' ? 'Live connection lost. Figures may be old.' : ''}
      </span>
    </>
  );
}

interface Shown {
  look: string;
  word: string;
  age?: string;
  title: string;
}

function describeLive({ phase, liveUntilMs }: LiveStatus, isAlive: boolean, brokersAway: number, nowMs: number): Shown {
  if (phase === 'lost' && isAlive)
    return {
      look: 'paused off',
      word: 'Reconnecting',
      age: liveUntilMs === null ? '' : `, figures ${formatCoarse(nowMs - liveUntilMs)} old`,
      title:
        'There is no live connection. What you see are the last values; they follow again as soon as there is one.',
    };
  if (phase !== 'live')
    return { look: 'unknown off', word: isAlive ? 'Connecting' : 'Not live', title: 'Opening the live connection' };
  if (brokersAway > 0)
    return {
      look: 'paused off',
      word: 'Broker away',
      title: 'Live, but a broker does not answer: its figures are the last known ones',
    };
  return { look: 'completed', word: 'Live', title: 'Every figure follows the brokers as they change' };
}
