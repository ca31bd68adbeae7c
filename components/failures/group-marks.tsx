import { Pill } from '@/components/queues/state-mark';
import type { FailureGroup } from '@/lib/contracts/failures';
import { formatCount } from '@/lib/format';

/** New, regressed, muted, resolved, merged or folded: what sets a group apart. */
export function GroupMarks({ group }: { group: FailureGroup }) {
  return (
    <>
      {group.isNew && (
        <Pill tone="failed" small>
          New{group.newSince ? ` since ${group.newSince}` : ''}
        </Pill>
      )}
      {group.isRegressed && (
        <Pill tone="failed" small>
          Regressed
        </Pill>
      )}
      {group.isFolded && (
        <Pill tone="unknown" small>
          Many alike
        </Pill>
      )}
      {group.parts > 0 && (
        <Pill tone="unknown" small>
          {formatCount(group.parts + 1)} merged
        </Pill>
      )}
      {group.state === 'muted' && (
        <Pill tone="unknown" small>
          Muted{group.mutedAbove !== null ? ` until ${formatCount(group.mutedAbove)} in all` : ''}
        </Pill>
      )}
      {group.state === 'resolved' && (
        <Pill tone="completed" small>
          Resolved
        </Pill>
      )}
    </>
  );
}
