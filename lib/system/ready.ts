import { CodedError } from '@/lib/contracts/errors';
import { readStanding } from '@/lib/sources/standing';
import { Answer, query } from '@/lib/verbs';

/** 200 when the store and every broker answer, else 503 with what does not. */
export const checkReady = query('system.ready', async (ask) => {
  const checks: Record<string, string> = {};
  const store = ask.store.query('SELECT 1').then(
    () => 'ok',
    (error) => (error instanceof CodedError ? error.detail : 'failed'),
  );
  const standings = await Promise.all([...ask.sources.values()].map(readStanding));
  [...ask.sources.keys()].forEach((name, i) => {
    const facts = standings[i]?.facts;
    checks[`source:${name}`] = facts?.status === 'up' ? 'ok' : (facts?.reason ?? 'unknown');
  });
  checks.store = await store;
  const ok = Object.values(checks).every((text) => text === 'ok');
  return new Answer({ status: ok ? 'ok' : 'degraded', checks }, ok ? 200 : 503);
});
