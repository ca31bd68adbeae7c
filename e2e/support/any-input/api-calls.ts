import { makeBody, makeFile } from './bodies';
import { type Call, makeCall } from './call';
import { percentEncode } from './encode';
import { fitSchema, type Making } from './fitting';
import { brokenBody, forgeCursor, oddEscape } from './forge';
import { writeJson } from './json-writer';
import { oddText, oddValue } from './odd-values';
import type { Api, Operation } from './operations';
import type { Random } from './random';
import { SWEEPING, type World } from './world';

/** Parts of a request before they are written. */
interface Draft {
  path: Record<string, string>;
  query: [name: string, value: string][];
  headers: Call['headers'];
  body: unknown;
  file: { type: string; text: string } | null;
}

/**
 * A request of one of the product's own operations: one that should be taken, or the same with something wrong in it. Streams are
 * asked for too, and left after their first bytes.
 */
export function apiCall(api: Api, world: World, random: Random): Call {
  const operation = random.pick(api.operations);
  const places = SWEEPING.has(operation.id) ? world.scraps : world.places;
  const making: Making = { api, world, random, operation, place: random.pick(places) };
  const draft = fitDraft(making);
  if (random.chance(0.55)) return write(making, draft, null);
  for (let i = random.between(1, 2); i > 0; i -= 1) spoil(making, draft);
  return write(making, draft, random.chance(0.08) ? brokenBody : null);
}

function fitDraft(making: Making): Draft {
  const { operation, random, world } = making;
  const path: Draft['path'] = {};
  const query: Draft['query'] = [];
  for (const { name, in: place, required, schema } of operation.parameters) {
    if (place === 'path') path[name] = String(fitSchema(schema, making, name));
    if (place !== 'query') continue;
    const isKnown = name !== 'cursor' || world.cursors.some((one) => one.operation === operation.id);
    if (required || (isKnown && random.chance(name === 'cursor' ? 0.1 : 0.2)))
      query.push([name, String(fitSchema(schema, making, name))]);
  }
  complete(operation, query, making);
  // A worker that is told to stop is started again; all that this would try is the supervisor.
  if (operation.id === 'worker.stop') path.worker = `nobody:${random.below(100)}`;
  const file = operation.media.length > 0 ? makeFile(making) : null;
  return { path, query, headers: [], body: file ? undefined : makeBody(making), file };
}

/** What a name asks for: jobs of a queue of a source. */
function complete({ path }: Operation, query: Draft['query'], { place }: Making): void {
  const has = (name: string) => query.some(([one]) => one === name);
  if (has('name') && !path.includes('{queue}') && path.startsWith('/metrics') && !has('queue'))
    query.push(['queue', place.queue]);
  if (has('queue') && !has('source')) query.push(['source', place.source]);
}

/** One thing wrong. */
function spoil(making: Making, draft: Draft): void {
  const { random, world, operation } = making;
  const names = Object.keys(draft.path);
  random.weighted<() => void>([
    [
      names.length > 0 ? 3 : 0,
      () => {
        draft.path[random.pick(names)] = oddText(random);
      },
    ],
    [
      draft.query.length > 0 ? 2 : 0,
      () => {
        random.pick(draft.query)[1] = oddText(random);
      },
    ],
    [
      2,
      () => {
        setQuery(draft, random.pick([...queryNames(operation), 'limit']), oddText(random));
      },
    ],
    [
      queryNames(operation).includes('cursor') ? 4 : 0,
      () => {
        setQuery(draft, 'cursor', forgeCursor(random, world));
      },
    ],
    [
      1,
      () => {
        draft.query.push([random.pick(['x', '__proto__', 'limit', 'source']), oddText(random)]);
      },
    ],
    [
      draft.body === undefined ? 0.5 : 6,
      () => {
        draft.body = spoilValue(making, draft.body);
      },
    ],
    [
      draft.file ? 4 : 0,
      () => {
        if (draft.file) draft.file.text = spoilFile(random, draft.file.text);
      },
    ],
    [
      1,
      () => {
        draft.headers.push(['idempotency-key', random.pick(['', 'k', 'ü', 'a b', 'k'.repeat(300), '\u0001'])]);
      },
    ],
    [
      1,
      () => {
        draft.headers.push(['last-event-id', random.pick(['1', '-1', 'x'.repeat(200), '9'.repeat(30), 'a-1', '%'])]);
      },
    ],
  ])();
}

const queryNames = ({ parameters }: Operation) =>
  parameters.filter((one) => one.in === 'query').map(({ name }) => name);

function setQuery({ query }: Draft, name: string, value: string): void {
  const known = query.find(([one]) => one === name);
  if (known) known[1] = value;
  else query.push([name, value]);
}

/** One of its parts replaced by something else, left out, or added. */
function spoilValue(making: Making, value: unknown): unknown {
  const { random, world } = making;
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return oddValue(random);
  const keys = Object.keys(value);
  if (keys.length === 0) return { [oddText(random)]: oddValue(random) };
  const key = random.pick(keys);
  const inner = (value as Record<string, unknown>)[key];
  if (random.chance(0.1)) return { ...value, cursor: forgeCursor(random, world) };
  const next =
    typeof inner === 'object' && inner !== null && random.chance(0.7) ? spoilValue(making, inner) : oddValue(random);
  if (Array.isArray(value)) return value.map((one, i) => (String(i) === key ? next : one));
  if (random.chance(0.1)) return Object.fromEntries(Object.entries(value).filter(([one]) => one !== key));
  return { ...value, [key]: next };
}

function spoilFile(random: Random, text: string): string {
  return random.weighted<() => string>([
    [2, () => `${text}\n${writeJson(oddValue(random))}`],
    [2, () => `${text}\n{"input":${writeJson(oddValue(random))}}`],
    [2, () => `${text},${oddText(random)}\n"${oddText(random)}`],
    [1, () => text.replaceAll('Ada', oddText(random))],
    [1, () => ''],
    [0.2, () => `"${random.pick(['x', '\\n', '{', ',', '"', '\n'])}`.repeat(200_000)],
  ])();
}

function write(making: Making, { path, query, headers, body, file }: Draft, breakBody: typeof brokenBody | null): Call {
  const { operation, random } = making;
  const isOdd = random.chance(0.04);
  const segment = (text: string) => (isOdd ? oddEscape(random, text) : percentEncode(text));
  const filled = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => segment(path[name] ?? ''));
  const search = query.map(([name, value]) => `${percentEncode(name)}=${segment(value)}`).join('&');
  const target = `/api/v1${filled}${search === '' ? '' : `?${search}`}`;
  const text = file ? file.text : body === undefined ? null : writeJson(body);
  const type: Call['headers'] = text === null ? [] : [['content-type', file?.type ?? 'application/json']];
  const bytes = text === null ? null : (breakBody?.(random, text) ?? Buffer.from(text));
  return makeCall(operation.id, operation.method, target, { headers: [...type, ...headers], body: bytes });
}
