import { useState } from 'react';
import { useFrames } from '@/lib/client/live/use-live';
import type { JobRow } from '@/lib/contracts/jobs';
import type { JobState } from '@/lib/contracts/states';

const MOST = 1_000;

interface NewJobs {
  count: number;
  /** There are more than are counted. */
  atLeast: boolean;
  forget: () => void;
}

/** Jobs that came into the state since the rows were read: they wait behind a button, the rows stay. */
export function useNewJobs(source: string, queue: string, state: JobState, rows: JobRow[]): NewJobs {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  useFrames(({ event, data }) => {
    if (event !== 'job' || data.type !== 'state' || data.source !== source || data.queue !== queue) return;
    const isHere = data.state === state;
    if (isHere === ids.has(data.id) || (isHere && ids.size >= MOST)) return;
    const next = new Set(ids);
    if (!isHere) next.delete(data.id);
    else if (!rows.some((row) => row.id === data.id)) next.add(data.id);
    setIds(next);
  });
  return { count: ids.size, atLeast: ids.size >= MOST, forget: () => setIds(new Set()) };
}
