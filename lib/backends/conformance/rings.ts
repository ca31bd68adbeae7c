import { expect, it } from 'vitest';
import type { FlowMethods } from '@/lib/backends/flows';
import type { JobState } from '@/lib/contracts/states';
import { until } from '@/lib/testing/until';
import type { Bench } from './broker';

const OPEN: JobState[] = ['waiting-children', 'waiting'];
const ORDER = { by: 'ann', reason: null, at: 0 };

const flowsOf = ({ backend }: Bench): FlowMethods => {
  if (!backend.flows) throw new Error('the backend knows no flows');
  return backend.flows;
};

/** As BullMQ takes it: each job is the parent of the next, the last one that of the first. */
async function addRing({ broker }: Bench, queueName: string, ids: string[]): Promise<void> {
  for (const [i, id] of ids.entries()) {
    const child = { name: 'child', queueName, opts: { jobId: ids[(i + 1) % ids.length] } };
    await broker.flows().add({ name: 'parent', queueName, opts: { jobId: id }, children: [child] });
  }
}

/** What of them is there. */
async function stillThere({ backend }: Bench, queue: string, ids: string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((id) => backend.getJob(queue, id, 0)));
  return ids.filter((_, i) => found[i] !== null);
}

export function testRings(bench: Bench): void {
  for (const [size, ids] of [
    ['of one job', ['own']],
    ['of two', ['a', 'b']],
    ['of five', ['a', 'b', 'c', 'd', 'e']],
  ] as const) {
    const ring = `ring-${ids.length}`;

    it(`shows a ring ${size}, as a job, as a level and in lists`, async () => {
      await addRing(bench, ring, [...ids]);
      for (const [i, id] of ids.entries()) {
        const next = ids[(i + 1) % ids.length];
        const before = ids[(i + ids.length - 1) % ids.length];
        const found = await bench.backend.getJob(ring, id, 100);
        expect(found).toMatchObject({
          parent: { queue: ring, id: before },
          children: { total: 1, items: [{ id: next }] },
        });
        const level = await flowsOf(bench).level(ring, id, { kind: null, after: null, limit: 10 });
        expect(level).toMatchObject({ children: { total: 1, pending: 1 }, items: [{ id: next }], next: null });
        expect(await bench.backend.standing?.(ring, id)).not.toBeNull();
      }
      // None of them is without a parent.
      const { flows } = await flowsOf(bench).search(OPEN, null, 100);
      expect(flows.filter(({ spot }) => spot.queue === ring)).toEqual([]);
    });

    it(`removes no children of a job in a ring ${size}: it is one of them`, async () => {
      const outcome = await bench.backend.removeChildren?.(ring, ids[0]);
      expect(outcome).toEqual({ kind: 'refused', reason: expect.stringContaining('descendant of its own') });
      expect(await stillThere(bench, ring, [...ids])).toEqual([...ids]);
    });

    it(`removes a job of a ring ${size} alone, or all of it`, async () => {
      if (ids.length > 1) {
        await addRing(bench, `${ring}-alone`, [...ids]);
        expect((await bench.backend.remove?.(`${ring}-alone`, 'a', false))?.kind).toBe('done');
        expect(await stillThere(bench, `${ring}-alone`, [...ids])).toEqual(ids.slice(1));
      }
      expect((await bench.backend.remove?.(ring, ids[0], true))?.kind).toBe('done');
      expect(await stillThere(bench, ring, [...ids])).toEqual([]);
    });

    it(`cancels a job of a ring ${size}, or says that it waits for children`, async () => {
      await addRing(bench, `${ring}-cancel`, [...ids]);
      const outcome = await bench.backend.cancel?.(`${ring}-cancel`, ids[0], ORDER);
      const left = await stillThere(bench, `${ring}-cancel`, [ids[0]]);
      // On PostgreSQL a job that waits for its children cannot be cancelled.
      if (outcome?.kind === 'removed') expect(left).toEqual([]);
      else expect([outcome, left]).toEqual([{ kind: 'wrong-state', state: 'waiting-children' }, [ids[0]]]);
    });
  }

  it('drains and obliterates a queue of rings', async () => {
    const bounds = { maxRemoved: 1_000, maxMs: 2_000 };
    await addRing(bench, 'ring-drain', ['a', 'b', 'c']);
    await addRing(bench, 'ring-drain', ['own']);
    await bench.backend.drain?.('ring-drain', true, bounds);
    await bench.broker.queue('ring-drain').pause();
    const isGone = async () => {
      const swept = await bench.backend.obliterate?.('ring-drain', bounds);
      return swept?.kind === 'swept' && swept.done;
    };
    await until(isGone, 'the queue to be gone');
    expect(await stillThere(bench, 'ring-drain', ['a', 'b', 'c', 'own'])).toEqual([]);
  });
}
