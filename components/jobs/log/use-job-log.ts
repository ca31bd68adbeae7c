import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '@/lib/client/call';
import { LOG_LINES_PER_PAGE } from '@/lib/client/http/page-sizes';
import { EAGER_LINES, hasMoreLog, type JobLog, readMoreLog, startLog } from '@/lib/client/job-log';
import type { JobAddress } from '@/lib/client/jobs';
import { keys } from '@/lib/client/query-keys';

interface KnownLog {
  log: JobLog | undefined;
  error: unknown;
  /** Reads on past the first 5,000 lines. */
  readAll: () => void;
  isReading: boolean;
}

/** A job's log: read page by page up to 5,000 lines on its own, kept on by live frames. */
export function useJobLog(address: JobAddress): KnownLog {
  const { source, queue, job } = address;
  const client = useQueryClient();
  const key = keys.jobLogs(source, queue, job);
  const [all, setAll] = useState(false);
  const [stuckAt, setStuckAt] = useState(-1);
  const { data: log, error } = useQuery<JobLog>({
    queryKey: key,
    queryFn: async ({ signal }) =>
      startLog(await call('job.logs', { source, queue, job, limit: LOG_LINES_PER_PAGE }, { signal })),
  });
  const isReading =
    log !== undefined && hasMoreLog(log) && (all || log.lines.length < EAGER_LINES) && stuckAt !== log.total;
  useEffect(() => {
    if (!isReading || !log) return;
    const stop = new AbortController();
    readMoreLog({ source, queue, job }, log, stop.signal).then(
      (add) => {
        if (stop.signal.aborted) return;
        const known = client.getQueryData<JobLog>(key);
        const next = known && add(known);
        // The broker may have trimmed the log since: then there is no more to read, whatever the total says.
        if (!next || next.lines.length === known.lines.length) setStuckAt(log.total);
        else client.setQueryData(key, next);
      },
      () => {
        if (!stop.signal.aborted) setStuckAt(log.total);
      },
    );
    return () => stop.abort();
  });
  return { log, error, readAll: () => setAll(true), isReading };
}
