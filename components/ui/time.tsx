'use client';

import { useHydrated, useNow } from '@/components/ui/now';
import { formatAgo, formatClock, formatCoarse, formatDayClock, formatDuration } from '@/lib/format';

interface At {
  /** ISO 8601. */
  at: string;
}

/** `12 s ago`, ticking. */
export function Ago({ at }: At) {
  const now = useNow();
  return (
    <time dateTime={at} title={at} className="tnum">
      {formatAgo(Date.parse(at), now)}
    </time>
  );
}

/** `14 min`: the time since, ticking, without "ago". */
export function Since({ at }: At) {
  const now = useNow();
  return <>{formatCoarse(now - Date.parse(at))}</>;
}

/** `13:44:02` in the reader's zone (UTC until the page is alive, and without script). */
export function Clock({ at, ms = false }: At & { ms?: boolean }) {
  const utc = !useHydrated();
  return (
    <time dateTime={at} title={at} className="tnum">
      {formatClock(new Date(at), utc, ms)}
    </time>
  );
}

/** The same with the day, when it is not today. */
export function DayClock({ at }: At) {
  const utc = !useHydrated();
  const now = useNow();
  return (
    <time dateTime={at} title={at} className="tnum">
      {formatDayClock(new Date(at), new Date(now), utc)}
    </time>
  );
}

/** A duration that still runs: from `at` until now. */
export function Running({ at }: At) {
  const now = useNow();
  return <span className="tnum">{formatDuration(Math.max(0, now - Date.parse(at)))}</span>;
}
