'use client';

import { isLost } from '@/components/sources/source-status';
import { Since } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { useSources } from '@/lib/client/sources';
import type { Source, SourceStatus } from '@/lib/contracts/sources';

/** One line for each broker that is not there: since when, what still works, what to do. */
export function BrokerBanner() {
  const away = useSources().data?.items.filter((source) => isLost(source.status)) ?? [];
  return (
    <div role="status" className="empty:hidden grid gap-2 px-6 pt-4 max-[900px]:px-3">
      {away.map((source) => (
        <AwayNotice key={source.name} source={source} />
      ))}
    </div>
  );
}

const SAYS: Partial<Record<SourceStatus, string>> = {
  down: 'is away',
  incompatible: 'does not fit',
  restricted: 'does not let its queues be read',
};
const HELPS: Partial<Record<SourceStatus, string>> = {
  down: 'You see its last known figures; actions and new jobs are refused until it is back. Check that its server runs and can be reached from here; Queuedeck goes on by itself as soon as it answers.',
  incompatible:
    'Nothing was changed in it. Bring its server or schema to a version that is supported, then start Queuedeck again.',
  restricted: 'Give its user that right; Queuedeck goes on by itself within a minute. The README has the whole line.',
};

function AwayNotice({ source }: { source: Source }) {
  return (
    <div className="notice failed">
      <span className="dot translate-y-[-1px]" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="font-[600]">{`The broker "${source.name}" ${SAYS[source.status]}`}</b>
        {source.since && (
          <span className="muted tnum">
            {' '}
            for <Since at={source.since} />
          </span>
        )}
        <div>
          <Visible text={source.reason ?? 'It does not answer.'} />
        </div>
        <div className="muted">{HELPS[source.status]}</div>
      </div>
    </div>
  );
}
