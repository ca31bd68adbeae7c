import { useState } from 'react';
import { useFrames } from '@/lib/client/live/use-live';
import { type Drift, describeDrift, NOTHING, type Selection } from '@/lib/client/selection';
import type { JobState } from '@/lib/contracts/states';

const NO_DRIFT: Drift = new Map();

/** A selection in one state's list, with what live frames tell of its jobs since: it changes by the hand alone. */
export function useSelection(source: string, queue: string, home: JobState) {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [drift, setDrift] = useState<Drift>(NO_DRIFT);
  useFrames(({ event, data }) => {
    if (event !== 'job' || data.type !== 'state' || data.source !== source || data.queue !== queue) return;
    if (selection.kind !== 'ids' || !selection.ids.has(data.id)) return;
    setDrift(new Map(drift).set(data.id, data.state));
  });
  const select = (next: Selection) => {
    setSelection(next);
    // What was chosen anew is chosen as it is now.
    if (next.kind === 'all' || next.ids.size === 0) setDrift(NO_DRIFT);
    else setDrift(new Map([...drift].filter(([id]) => next.ids.has(id))));
  };
  return { selection, select, drifted: describeDrift(selection, drift, home) };
}
