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
const ids = (path: ReturnType<typeof findCriticalPath>) => path?.jobs.map((job) => job.id) ?? null;
const waiting = { state: 'waiting-children' as const };
const failed = (second: number) => ({
  ...{ state: 'failed' as const, kind: 'failed' as const, finishedAt: at(second) },
});

it('is none where nothing is held up any more', () => {
  const nodes = [node('a', 'root', { finishedAt: at(10) }), node('b', 'root', { finishedAt: at(30) })];
  expect(findCriticalPath(node('root', null, { finishedAt: at(40) }), nodes, NOW)).toBeNull();
  expect(findCriticalPath(node('root', null, failed(40)), nodes, NOW)).toBeNull();
  expect(findCriticalPath(node('root', null, { state: null }), nodes, NOW)).toBeNull();
});

it('goes down what still runs, the longest at it; says when not all is loaded', () => {
  const root = node('root', null, { ...waiting, nextCursor: 'more' });
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

it('never leads through what is done, or is ignored', () => {
  const nodes = [
    node('done', 'root', { finishedAt: at(90) }),
    node('below', 'done', { state: 'active', startedAt: at(1) }),
    node('ignored', 'root', { ...failed(20), kind: 'ignored' }),
  ];
  expect(ids(findCriticalPath(node('root', null, waiting), nodes, NOW))).toEqual(['root']);
  expect(ids(findCriticalPath(node('root', null, { state: 'active' }), nodes, NOW))).toEqual(['root']);
});

it('leads to what failed and is awaited, before what goes on by itself', () => {
  const nodes = [
    node('runs', 'root', { state: 'active', startedAt: at(1) }),
    node('later', 'root', failed(60)),
    node('mid', 'root', failed(50)),
    node('done', 'mid', { finishedAt: at(90) }),
    node('leaf', 'mid', failed(40)),
  ];
  expect(ids(findCriticalPath(node('root', null, waiting), nodes, NOW))).toEqual(['root', 'mid', 'leaf']);
});

it('is the job alone where it has no children', () => {
  expect(ids(findCriticalPath(node('one', null, { state: 'active' }), [], NOW))).toEqual(['one']);
});

it('ends where it comes back to a job that it met', () => {
  const own = node('own', 'own', waiting);
  expect(ids(findCriticalPath(own, [own], NOW))).toEqual(['own']);
  const ring = [node('b', 'a', waiting), node('c', 'b', waiting), node('a', 'c', waiting)];
  expect(ids(findCriticalPath(node('a', 'c', waiting), ring, NOW))).toEqual(['a', 'b', 'c']);
  const all = Array.from({ length: 500 }, (_, i) => node(`n${i}`, `n${(i + 1) % 500}`, waiting));
  expect(findCriticalPath(node('n0', 'n1', waiting), all, NOW)?.jobs).toHaveLength(500);
});
