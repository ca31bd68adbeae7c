import { normaliseError } from '@/lib/failures/naming/normalise';
import { CAUSES } from '@/lib/failures/naming/testing/messages';
import { PLANTED_CAUSES, plantFailures } from '@/lib/failures/naming/testing/planted';
import { type Score, scoreGrouping } from '@/lib/failures/naming/testing/score';
import type { BenchRow } from '../rows';

const ROUNDS = 30;
const PLANTED = 3_888;

const groupOf = (message: string) => normaliseError(message, null).fingerprint.toString('hex');

/** How near the groups of failures come to those that a person would make, and what a message costs. */
export async function measureGrouping(): Promise<BenchRow[]> {
  const part = (isHeldOut: boolean) =>
    scoreGrouping(
      CAUSES.filter((cause) => cause.isHeldOut === isHeldOut),
      groupOf,
    );
  const planted = new Set(plantFailures(PLANTED).map(({ message }) => groupOf(message)));
  return [
    ...rowsOf('the third that was held out', part(true)),
    ...rowsOf('the rest', part(false)),
    {
      name: `groups of ${PLANTED_CAUSES} causes in ${PLANTED.toLocaleString('en-GB')} messages with made-up ids`,
      ...{ reach: 120, value: planted.size, unit: '', peer: null },
      note: 'before any valve; where nothing tells of an id, one of letters alone stays',
    },
    {
      name: 'naming a failure',
      reach: 40,
      value: timeEach(),
      unit: 'µs',
      peer: null,
      note: 'CPU, the best of 30 rounds',
    },
  ];
}

function rowsOf(of: string, score: Score): BenchRow[] {
  const note = `${score.messages} messages, ${score.causes} causes, ${score.groups} groups`;
  const row = (name: string, share: number) => ({
    ...{ name: `${name}, ${of}`, reach: 1, value: share * 100, unit: '%', peer: null, note },
  });
  return [row('false merges', score.falseMerges), row('false splits', score.falseSplits)];
}

function timeEach(): number {
  const messages = CAUSES.flatMap(({ said }) => said);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = process.cpuUsage();
    for (const message of messages) normaliseError(message, null);
    const { user, system } = process.cpuUsage(from);
    best = Math.min(best, (user + system) / messages.length);
  }
  return best;
}
