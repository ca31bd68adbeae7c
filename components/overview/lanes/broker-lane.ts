import type { LaneItem } from '@/components/overview/lanes/lane-item';
import { isLost, SOURCE_WORDS } from '@/components/sources/source-status';
import { queueHref, sourceHref } from '@/lib/client/http/url';
import type { SeenQueue } from '@/lib/client/live/apply-frame';
import type { RecordStanding } from '@/lib/contracts/recorder';
import type { Source } from '@/lib/contracts/sources';
import { formatCount, formatDuration, formatPlural } from '@/lib/format';

const MOST_NAMED = 6;
const NAME_CHARS = 60;
const none = { since: null, cause: null };

/** What is wrong with the brokers and what is known of them: away, not recorded, not to be read whole. */
export function fillBrokerLane(
  queues: readonly SeenQueue[],
  sources: readonly Source[],
  records: readonly RecordStanding[],
): LaneItem[] {
  const away = sources.filter(({ status }) => isLost(status));
  const lost = new Set(away.map(({ name }) => name));
  // The record of a broker that is away stands still for that reason.
  const standing = records.filter(({ source }) => !lost.has(source));
  return [
    ...away.map(toAway),
    ...standing.flatMap(findUnrecorded),
    ...findUnreadable(queues.filter(({ source }) => !lost.has(source))),
  ];
}

function toAway({ name, status, reason, since }: Source): LaneItem {
  return {
    ...none,
    id: `away ${name}`,
    subject: name,
    href: sourceHref(name),
    sentence: `Broker ${SOURCE_WORDS[status].toLowerCase()}: ${reason ?? 'it does not answer'}`,
    since,
  };
}

/** What is wrong with the record of a source: that it stands still, and that something is missing in it. */
function findUnrecorded({ source, state, lagMs, setAside }: RecordStanding): LaneItem[] {
  const said = [
    state === 'nobody' &&
      'Not recorded: no monitor process has it; what happens now is read when one comes, if it is kept',
    state === 'late' &&
      `Record ${formatDuration(lagMs)} behind: what happened since is not in jobs, failures and figures yet`,
    setAside > 0 &&
      `${formatCount(setAside)} set aside: jobs or queues that could not be recorded within the last 24 hours; everything else was`,
  ].filter((sentence) => sentence !== false);
  return said.map((sentence) => ({
    ...none,
    id: `${sentence.slice(0, 6)} ${source}`,
    subject: source,
    href: sourceHref(source),
    sentence,
  }));
}

/** Of more than two the first tells of all: they would hide the rest of the lane. */
function findUnreadable(queues: readonly SeenQueue[]): LaneItem[] {
  const odd = queues.filter(({ unreadable }) => unreadable !== null).sort((a, b) => (a.name < b.name ? -1 : 1));
  const [first] = odd;
  if (!first || odd.length <= 2) return odd.map(toUnreadable);
  const others = odd.slice(1, MOST_NAMED).map(({ name }) => name.slice(0, NAME_CHARS));
  return [
    {
      ...toUnreadable(first),
      id: 'unreadable',
      href: '/queues?filter=unclear',
      sentence: `And ${formatPlural(odd.length - 1, 'more queue')} cannot be read whole: ${first.unreadable} Nor: ${others.join(', ')}${odd.length > MOST_NAMED ? ' …' : ''}`,
    },
  ];
}

function toUnreadable({ source, name, unreadable }: SeenQueue): LaneItem {
  return {
    ...none,
    id: `unreadable ${source}/${name}`,
    subject: name,
    href: queueHref(source, name),
    sentence: `Cannot be read whole: ${unreadable}`,
  };
}
