import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '@/lib/contracts/errors';
import { openStore, type Store } from '@/lib/store/store';
import { createTestDatabase } from '@/lib/testing/test-database';
import { canonicalJson, claimKey } from './idempotency';

let store: Store;
beforeAll(async () => {
  store = openStore(await createTestDatabase(), { max: 20 });
});
afterAll(() => store.close());

const request = (key: string, body: unknown, count = 1) => ({
  scope: 'job.add s q',
  key,
  body,
  source: 's',
  queue: 'q',
  count,
  by: 'local',
  signal: new AbortController().signal,
});

const answer = (id: string) => [{ source: 's', queue: 'q', id, name: 'n', state: 'waiting' as const }];

describe('an Idempotency-Key', () => {
  it('is claimed once, and answers the first job from then on', async () => {
    const first = await claimKey(store, request('k1', { a: 1, b: 2 }));
    if (first.kind !== 'claimed') throw new Error('not claimed');
    await first.finish(answer('one'));
    expect(await claimKey(store, request('k1', { b: 2, a: 1 }))).toEqual({ kind: 'replay', answer: answer('one') });
  });

  it('refuses another body', async () => {
    await claimKey(store, request('k2', { a: 1 }));
    await expect(claimKey(store, request('k2', { a: 2 }))).rejects.toMatchObject({ code: 'idempotency_conflict' });
  });

  it('goes on with the same ids after a first try that failed', async () => {
    const first = await claimKey(store, request('k3', 1, 3));
    if (first.kind !== 'claimed') throw new Error('not claimed');
    await first.release();
    const second = await claimKey(store, request('k3', 1, 3));
    expect(second).toMatchObject({ kind: 'claimed', jobIds: first.jobIds });
    expect(first.jobIds).toHaveLength(3);
  });

  it('lets one of twenty at once through; the others get its answer', async () => {
    const claims = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const claim = await claimKey(store, request('k4', 1));
        if (claim.kind === 'claimed') await claim.finish(answer(claim.jobIds[0] ?? ''));
        return claim;
      }),
    );
    const winners = claims.filter((claim) => claim.kind === 'claimed');
    expect(winners).toHaveLength(1);
    const replays = claims.flatMap((claim) => (claim.kind === 'replay' ? claim.answer.map((job) => job.id) : []));
    expect(new Set(replays)).toEqual(new Set(winners[0]?.jobIds));
    expect(replays).toHaveLength(19);
  });

  it('says so when the first request does not end', async () => {
    await claimKey(store, request('k5', 1));
    const error = await claimKey(store, request('k5', 1)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ code: 'idempotency_in_progress', extra: { retryAfterSeconds: 1 } });
  });

  it('starts anew after 24 hours, with any body', async () => {
    const first = await claimKey(store, request('k6', 1));
    if (first.kind !== 'claimed') throw new Error('not claimed');
    await first.finish(answer('old'));
    await store.query("UPDATE queuedeck.idempotency SET expires_at = now() - interval '1 second' WHERE key = 'k6'");
    const second = await claimKey(store, request('k6', 'other'));
    expect(second.kind).toBe('claimed');
    expect(second).not.toMatchObject({ jobIds: first.jobIds });
  });

  it.each(['', 'with space', 'ü', 'x'.repeat(256)])('refuses the key %j by its bound', async (key) => {
    await expect(claimKey(store, request(key, 1))).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('knows equal bodies by value', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [{ c: 2, d: 1 }] }));
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});
