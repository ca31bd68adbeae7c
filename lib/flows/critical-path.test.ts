import { expect, it } from 'vitest';
import type { FlowNode } from '@/lib/contracts/flows';
import { findCriticalPath } from './critical-path';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const NOW = Date.parse(at(100));

const node = (id: string, parent: string | null, more: Partial<FlowNode> = {}): FlowNode => ({
  ...{ queue: 'q', id, name: id, kind: null, state: 'completed', waitMs: null, runMs: null, error: null },
  ...{ addedAt: at(0), startedAt: null, finishedAt: null, children: null, nextCursor: null },
  parent: parent === null ? null : { queue: 'q', id: parent },
  ...more,
});
const ids = (path: ReturnType<typeof findCriticalPath>) => path.jobs.map((job) => job.id);

it('goes down to what ended last', () => {
  const root = node('root', null, { finishedAt: at(40) });
  const nodes = [
    node('a', 'root', { finishedAt: at(10) }),
    node('b', 'root', { finishedAt: at(30) }),
    node('b1', 'b', { finishedAt: at(25) }),
    node('b2', 'b', { finishedAt: at(20) }),
  ];
  const path = findCriticalPath(root, nodes, NOW);
  expect(ids(path)).toEqual(['root', 'b', 'b1']);
  expect(path).toMatchObject({ elapsedMs: 40_000, partial: false });
});

it('prefers what still runs, and the longest of that; says when not all is loaded', () => {
  const root = node('root', null, { state: 'waiting-children', nextCursor: 'more' });
  const nodes = [
    node('done', 'root', { finishedAt: at(90) }),
    node('young', 'root', { state: 'active', startedAt: at(80) }),
    node('old', 'root', { state: 'active', startedAt: at(20) }),
    node('gone', 'root', { state: null, addedAt: null }),
  ];
  const path = findCriticalPath(root, nodes, NOW);
  expect(ids(path)).toEqual(['root', 'old']);
  expect(path).toMatchObject({ elapsedMs: 100_000, partial: true });
});

it('is the job alone where it has no children', () => {
  expect(ids(findCriticalPath(node('one', null, { finishedAt: at(5) }), [], NOW))).toEqual(['one']);
});

it('ends where it comes back to a job that it met', () => {
  const own = node('own', 'own', { state: 'waiting-children' });
  expect(ids(findCriticalPath(own, [own], NOW))).toEqual(['own']);
  const ring = [node('b', 'a'), node('c', 'b'), node('a', 'c')];
  expect(ids(findCriticalPath(node('a', 'c'), ring, NOW))).toEqual(['a', 'b', 'c']);
  const all = Array.from({ length: 500 }, (_, i) => node(`n${i}`, `n${(i + 1) % 500}`));
  expect(findCriticalPath(node('n0', 'n1'), all, NOW).jobs).toHaveLength(500);
});
