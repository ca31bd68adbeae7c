'use client';

import { Button } from '@/components/ui/button';
import { DayClock } from '@/components/ui/time';
import { useParams } from '@/components/ui/use-param';
import type { FoundJobs } from '@/lib/contracts/search';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';

interface SearchReportProps {
  found: FoundJobs;
  busy: boolean;
  onRefresh: () => void;
}

/** A record that is so far behind is worth a word. */
const LATE_MS = 5_000;

/** How many fit, how many were looked at and how long it took; where not all were, the way on. */
export function SearchReport({ found, busy, onRefresh }: SearchReportProps) {
  const { linkTo } = useParams();
  const { count, searched, moreCursor, tookMs, lagMs } = found;
  return (
    <div className="selbar" role="status">
      {count && (
        <span>
          <b className="tnum font-[600]">{formatCount(count.value, !count.exact)}</b>{' '}
          <span className="muted">{count.value === 1 && count.exact ? 'job fits' : 'jobs fit'}</span>
        </span>
      )}
      <span className="muted tnum">
        {searched.complete ? (
          <>
            searched {formatPlural(searched.of, 'job')} in {formatDuration(tookMs)}
          </>
        ) : (
          <>
            searched the last {formatCount(searched.jobs)} of {formatCount(searched.of)} in {formatDuration(tookMs)}
            {searched.since && (
              <>
                {' '}
                (since <DayClock at={searched.since} />)
              </>
            )}
          </>
        )}
      </span>
      {lagMs !== null && lagMs > LATE_MS && <span className="bad">the record is {formatDuration(lagMs)} behind</span>}
      {moreCursor && (
        <a className="btn sm" {...linkTo({ at: moreCursor })}>
          Search further back
        </a>
      )}
      <Button small look="ghost" className="ml-auto" busy={busy} onClick={onRefresh}>
        Refresh
      </Button>
    </div>
  );
}
