'use client';

import { useState } from 'react';
import { MergeDialog } from '@/components/failures/merge-dialog';
import { Button } from '@/components/ui/button';
import type { FailureGroup } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';
import { toVisible } from '@/lib/format/visible';

interface MergeBarProps {
  groups: FailureGroup[];
  onClear: () => void;
}

const MOST = 101;

/** What can be done with selected groups. */
export function MergeBar({ groups, onClear }: MergeBarProps) {
  const [asked, setAsked] = useState(false);
  return (
    <section className="selbar" aria-label="Selection">
      <span>
        <b className="tnum font-[600]">{formatCount(groups.length)}</b> <span className="muted">selected</span>
      </span>
      <Button small look="ghost" onClick={onClear}>
        Clear
      </Button>
      <span className="ml-auto" />
      <Button small blocked={findObstacle(groups)} onClick={() => setAsked(true)}>
        Merge…
      </Button>
      {asked && <MergeDialog groups={groups} onClose={() => setAsked(false)} onMerged={onClear} />}
    </section>
  );
}

function findObstacle(groups: readonly FailureGroup[]): string | null {
  if (groups.length < 2) return 'Select those that are of one cause: two at least';
  if (groups.length > MOST) return `At most ${MOST} at a time`;
  const other = groups.find(({ source }) => source !== groups[0]?.source);
  if (other) return `They must be of one source: these are of ${toVisible(`${groups[0]?.source} and ${other.source}`)}`;
  return groups.every(({ can }) => can.includes('failure.merge')) ? null : 'Your role does not include it';
}
