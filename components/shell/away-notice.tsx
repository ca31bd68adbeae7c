import { Since } from '@/components/ui/time';
import { Visible } from '@/components/ui/visible';
import type { Source, SourceStatus } from '@/lib/contracts/sources';

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

/** A broker that is not there: since when, what still works, what to do. */
export function AwayNotice({ source }: { source: Source }) {
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
