import { type Call, makeCall } from '../call';
import type { Random } from '../random';
import type { World } from '../world/world';
import { oddText } from './odd-values';

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
  '/docs/api',
  '/metrics',
];
const STATIC = [
  '/icon.svg',
  '/grafana.json',
  '/favicon.ico',
  '/_next/static/x.js',
  '/_next/image?url=%2Ficon.svg&w=64&q=75',
  '/_next/data/x/y.json',
  '/robots.txt',
];

/** A page or a file, of something that exists or not. */
export function pageCall(world: World, random: Random): Call {
  const place = random.pick([...world.places, ...world.scraps]);
  const [source, queue, job] = [place.source, place.queue, random.pick(place.jobs)].map((text) =>
    encodeURIComponent(random.chance(0.1) ? wellFormed(oddText(random)) : text),
  );
  const own = `/queues/${source}/${queue}`;
  const path = random.weighted<() => string>([
    [4, () => random.pick(PAGES)],
    [2, () => `${own}${random.pick(['', '/metrics', '/schedulers', '/search'])}`],
    [3, () => `${own}/jobs/${job}`],
    [1, () => `/flows/${source}/${queue}/${job}`],
    [1, () => `/failures/${random.pick([...world.groups, '0', 'x', '99999999999'])}`],
    [1, () => `/operations/${random.pick([...world.operations, 'x', '%00'])}`],
    [1, () => `/sources/${source}`],
    [1, () => `/tasks/${random.pick([...world.tasks, 'none', '%00'])}`],
    [1, () => `/${wellFormedEscape(random)}`],
  ])();
  const names = [
    'q',
    'state',
    'cursor',
    'sort',
    'order',
    'range',
    'from',
    'to',
    'name',
    'error',
    'view',
    'text',
    '_rsc',
  ];
  const search = Array.from(
    { length: random.pick([0, 0, 1, 2]) },
    () => `${random.pick(names)}=${wellFormedEscape(random)}`,
  );
  return makeCall('page', 'GET', search.length > 0 ? `${path}?${search.join('&')}` : path);
}

export function fileCall(world: World, random: Random): Call {
  return makeCall('file', 'GET', random.pick([...STATIC, ...world.files]));
}

const wellFormed = (text: string) => text.replace(/[\ud800-\udfff]/gu, '?') || 'x';
const wellFormedEscape = (random: Random) => encodeURIComponent(wellFormed(oddText(random)));
