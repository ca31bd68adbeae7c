import { CodedError } from '@/lib/contracts/errors';
import { describeStanding, readRecordStandings } from '@/lib/sources/record/standing';
import { probeStanding } from '@/lib/sources/standing';
import { Answer, type Ask, query } from '@/lib/verbs';

/**
 * 200 when the store and every broker answer, else 503 with what does not. A record that is late, that nobody writes, or that something
 * was set aside of is told, and no reason to send nobody here: still 200.
 */
export const checkReady = query('system.ready', async (ask) => {
  const [store, sources, records] = await Promise.all([checkStore(ask), checkSources(ask), checkRecords(ask)]);
  const answers = [...sources, ...store];
  // The record of a broker that is away, or in a store that is, stands still for that reason.
  const isAway = (name: string) =>
    answers.some(([of, text]) => text !== 'ok' && (of === `source:${name}` || of === 'store'));
  const checks = [
    ...answers,
    ...records.flatMap(([name, text]) => (isAway(name) ? [] : [[`record:${name}`, text] as const])),
  ];
  const reasons = checks.flatMap(([name, text]) => (text === 'ok' ? [] : [`${name}: ${text}`]));
  const isReady = answers.every(([, text]) => text === 'ok');
  const status = reasons.length === 0 ? 'ok' : 'degraded';
  return new Answer({ status, checks: Object.fromEntries(checks), reasons }, isReady ? 200 : 503);
});

type Checked = readonly [name: string, text: string];

async function checkStore({ store }: Ask): Promise<Checked[]> {
  const text = await store.query('SELECT 1').then(
    () => 'ok',
    (error) => (error instanceof CodedError ? error.detail : 'failed'),
  );
  return [['store', text]];
}

async function checkSources({ sources }: Ask): Promise<Checked[]> {
  return Promise.all(
    [...sources].map(async ([name, entry]): Promise<Checked> => {
      const { status, reason } = await probeStanding(entry);
      return [`source:${name}`, status === 'up' ? 'ok' : (reason ?? 'unknown')];
    }),
  );
}

/** None where the store does not tell: that is told of the store. */
async function checkRecords({ store, sources }: Ask): Promise<Checked[]> {
  const told = await readRecordStandings(store, sources).catch(() => []);
  return told.map((one): Checked => [one.source, describeStanding(one) ?? 'ok']);
}
