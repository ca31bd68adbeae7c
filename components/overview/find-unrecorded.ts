import type { Cause } from '@/components/overview/find-causes';
import { sourceHref } from '@/lib/client/http/url';
import type { RecordStanding } from '@/lib/contracts/recorder';
import { formatCount, formatDuration } from '@/lib/format';

/** What is wrong with the record of a source: that it stands still, and that something is missing in it. */
export function findUnrecorded({ source, state, lagMs, setAside }: RecordStanding): Cause[] {
  const found: Cause[] = [];
  const tell = (id: string, what: string, why: string) =>
    found.push({
      ...{ id: `${id} ${source}`, tone: 'waiting', subject: source, what, why, isCode: false, weight: 0 },
      ...{ since: null, at: null, whyHref: null, href: sourceHref(source), action: 'Open source' },
    });
  if (state === 'nobody')
    tell('nobody', 'not recorded', 'No monitor process has it; what happens now is read when one comes, if it is kept');
  if (state === 'late')
    tell(
      'late',
      `record ${formatDuration(lagMs)} behind`,
      'What happened since is not in jobs, failures and figures yet',
    );
  if (setAside > 0)
    tell(
      'set-aside',
      `${formatCount(setAside)} set aside`,
      'Jobs or queues that could not be recorded within the last 24 hours; everything else was',
    );
  return found;
}
