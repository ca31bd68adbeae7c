import { ROUTES, type VerbName } from '@/lib/contracts/routes';
import { JOB_STATES } from '@/lib/contracts/states';
import type { OddPlace } from '../place';

export interface Address {
  from: string;
  target: string;
  /** It takes a turn among the slow reads, of which one caller has two. */
  heavy: boolean;
}

type Query = Record<string, string | number>;

/** What else a read is asked with: each of these, in place of nothing. */
const QUERIES: Partial<Record<VerbName, Query[]>> = {
  'job.list': [
    ...JOB_STATES.map((state) => ({ state, limit: 200 })),
    ...['waiting', 'failed'].map((state) => ({ state, name: 'odd', from: '1970-01-01T00:00:00Z' })),
  ],
  'flow.get': [{}, { depth: 5 }],
  'job.logs': [{ limit: 200 }],
};
const HEAVY = new Set<string>([
  'job.compare',
  'job.search',
  'job.suggest',
  'job.export',
  'metric.series',
  'metric.summary',
]);
const ENDLESS = 'live.stream';

/** Every read of the API that is about a queue, a job or a scheduler; each job is read, and some of each place in every way. */
export function* readsOf(place: OddPlace, jobsOfEach: number): Generator<Address> {
  const some = spread(place.jobs, jobsOfEach);
  for (const [name, route] of Object.entries(ROUTES)) {
    if (!route.startsWith('GET ') || !route.includes('{queue}')) continue;
    const [, path = ''] = route.split(' ');
    const jobs = name === 'job.get' ? place.jobs : some;
    const ones = path.includes('{job}') ? jobs : path.includes('{scheduler}') ? place.schedulers : [''];
    for (const one of ones)
      for (const query of QUERIES[name as VerbName] ?? [{}])
        yield read(name, fill(path, { ...place, job: one, scheduler: one }), query);
  }
  const { source, queue } = place;
  for (const job of some)
    yield read('job.get', fill(ROUTES['job.get'].split(' ')[1] ?? '', { ...place, job }), { raw: 1 });
  yield read('job.search', '/jobs', { source, queue });
  if (jobsOfEach < 2) return;
  yield read('job.suggest', '/jobs/suggest', { q: 'name:', at: 5, source, queue });
  yield read('job.export', '/jobs/export', { source, queue, format: 'csv', payloads: 1 });
  yield read('scheduler.list', '/schedulers', { source, queue });
  yield read('metric.summary', '/metrics/summary', { source, queue, from: hourAgo() });
}

/** Every read that is about no queue in particular. */
export function* readsOfAll(): Generator<Address> {
  for (const [name, route] of Object.entries(ROUTES)) {
    const [method, path = ''] = route.split(' ');
    if (method !== 'GET' || path.includes('{') || name === ENDLESS) continue;
    for (const query of OF_ALL[name] ?? [{}]) yield read(name, path, query);
  }
  for (const source of ['redis', 'postgres'])
    for (const path of [`/sources/${source}`, `/sources/${source}/recorder`]) yield read('source.get', path, {});
}

const hourAgo = () => new Date(Date.now() - 3_600_000).toISOString();
const OF_ALL: Record<string, Query[]> = {
  'queue.list': [{ limit: 200 }, { source: 'redis' }, { source: 'postgres' }],
  'flow.list': [{ limit: 200 }],
  'scheduler.list': [{ limit: 200 }],
  'job.search': [
    {},
    { q: 'state:failed' },
    { q: 'queue:odd*' },
    { q: 'id:"a:b"' },
    { sort: 'wait' },
    { sort: 'run' },
    { sort: 'finished' },
  ],
  'job.suggest': [
    { q: 'queue:', at: 6 },
    { q: 'name:', at: 5 },
    { q: 'worker:', at: 7 },
  ],
  'job.export': [{}, { format: 'csv', payloads: 1 }],
  'metric.series': [
    { metric: 'completed', from: hourAgo() },
    { metric: 'wait_p95', from: hourAgo() },
  ],
  'metric.summary': [{ from: hourAgo() }],
};

function read(from: string, path: string, query: Query): Address {
  const words = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return { from, target: `/api/v1${path}${words ? `?${words}` : ''}`, heavy: HEAVY.has(from) };
}

const fill = (path: string, values: object) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, unknown>)[name])),
  );

const PAGES = [
  '/',
  '/queues',
  '/jobs',
  '/failures',
  '/flows',
  '/operations',
  '/schedulers',
  '/tasks',
  '/workers',
  '/metrics',
];

/** Pages of a place: of the queue, and of some of its jobs. */
export function* pagesOf({ source, queue, jobs }: OddPlace, jobsOfEach: number): Generator<Address> {
  const [s, q] = [encodeURIComponent(source), encodeURIComponent(queue)];
  const page = (target: string): Address => ({ from: 'page', target, heavy: false });
  yield page(`/queues/${s}/${q}?state=failed`);
  for (const job of spread(jobs, jobsOfEach)) yield page(`/queues/${s}/${q}/jobs/${encodeURIComponent(job)}`);
  if (jobsOfEach < 2) return;
  for (const rest of ['?state=waiting', '?state=completed', '/metrics', '/schedulers', '/search'])
    yield page(`/queues/${s}/${q}${rest}`);
  for (const job of spread(jobs, jobsOfEach)) yield page(`/flows/${s}/${q}/${encodeURIComponent(job)}`);
}

export const pagesOfAll = (): Address[] =>
  [...PAGES, '/sources/redis', '/sources/postgres'].map((target) => ({ from: 'page', target, heavy: false }));

/** Some of them, from all over the list. */
export function spread<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return Array.from({ length: Math.min(most, all.length) }, (_, i) => all[Math.floor(i * step)] as T);
}
