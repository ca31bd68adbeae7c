'use client';

import { Since } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import { useSources } from '@/lib/client/sources';
import type { Source } from '@/lib/contracts/sources';

/** One line for each broker that is not there: since when, what still works, what to do. */
export function BrokerBanner() {
  const away =
    useSources().data?.items.filter((source) => source.status === 'down' || source.status === 'incompatible') ?? [];
  return (
    <div role="status" className="empty:hidden grid gap-2 px-6 pt-4 max-[900px]:px-3">
      {away.map((source) => (
        <AwayNotice key={source.name} source={source} />
      ))}
    </div>
  );
}

function AwayNotice({ source }: { source: Source }) {
  const isAway = source.status === 'down';
  return (
    <div className="notice failed">
      <span className="dot translate-y-[-1px]" />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <b className="font-[600]">
          {isAway ? `The broker "${source.name}" is away` : `The broker "${source.name}" does not fit`}
        </b>
        {source.since && (
          <span className="muted tnum">
            {' '}
            for <Since at={source.since} />
          </span>
        )}
        <div>
          <Visible text={source.reason ?? 'It does not answer.'} />
        </div>
        <div className="muted">
          {isAway
            ? 'You see its last known figures; actions and new jobs are refused until it is back. Check that its server runs and can be reached from here; Queuedeck goes on by itself as soon as it answers.'
            : 'Nothing was changed in it. Bring its server or schema to a version that is supported, then start Queuedeck again.'}
        </div>
      </div>
    </div>
  );
}
