import type { Operation, Parameter } from '../operations';
import type { Random } from '../random';
import type { Draft } from './api-calls';
import type { Making } from './fitting';
import { forgeCursor } from './forge';
import { writeJson } from './json-writer';
import { oddText, oddValue } from './odd-values';

type Spoiler = (making: Making, draft: Draft) => void;

const KEYS = ['', 'k', 'ü', 'a b', 'k'.repeat(300), '\u0001'];
const EVENT_IDS = ['1', '-1', 'x'.repeat(200), '9'.repeat(30), 'a-1', '%'];

const inPath: Spoiler = ({ random }, { path }) => {
  path[random.pick(Object.keys(path))] = oddText(random);
};
const inQuery: Spoiler = ({ random }, { query }) => {
  random.pick(query)[1] = oddText(random);
};
const newQuery: Spoiler = ({ random, operation }, draft) =>
  setQuery(draft, random.pick([...queryOf(operation).map(({ name }) => name), 'limit']), oddText(random));
const beyondBounds: Spoiler = ({ random, operation }, draft) => {
  const parameter = random.pick(operation.parameters.filter((one) => one.in !== 'header'));
  const value = beyond(parameter, random);
  if (parameter.in === 'path') draft.path[parameter.name] = value;
  else setQuery(draft, parameter.name, value);
};
const inCursor: Spoiler = ({ random, world }, draft) => setQuery(draft, 'cursor', forgeCursor(random, world));
const twice: Spoiler = ({ random }, { query }) => {
  query.push([random.pick(['x', '__proto__', 'limit', 'source']), oddText(random)]);
};
const inBody: Spoiler = (making, draft) => {
  draft.body = spoilValue(making, draft.body);
};
const inFile: Spoiler = ({ random }, { file }) => {
  if (file) file.text = spoilFile(random, file.text);
};
const inKey: Spoiler = ({ random }, { headers }) => {
  headers.push(['idempotency-key', random.pick(KEYS)]);
};
const inEventId: Spoiler = ({ random }, { headers }) => {
  headers.push(['last-event-id', random.pick(EVENT_IDS)]);
};

/** One thing wrong. */
export function spoil(making: Making, draft: Draft): void {
  const { operation, random } = making;
  const has = (name: string) => queryOf(operation).some((one) => one.name === name);
  const spoiler = random.weighted<Spoiler>([
    [operation.path.includes('{') ? 3 : 0, inPath],
    [draft.query.length > 0 ? 2 : 0, inQuery],
    [2, newQuery],
    [operation.parameters.some((one) => one.in !== 'header') ? 2 : 0, beyondBounds],
    [has('cursor') ? 4 : 0, inCursor],
    [1, twice],
    [draft.body === undefined ? 0.5 : 6, inBody],
    [draft.file ? 4 : 0, inFile],
    [1, inKey],
    [0.5, inEventId],
  ]);
  spoiler(making, draft);
}

const queryOf = ({ parameters }: Operation) => parameters.filter((one) => one.in === 'query');

/** Just outside of what the schema bounds. */
function beyond({ schema }: Parameter, random: Random): string {
  const { minimum, maximum, minLength, maxLength } = schema;
  const outside = [
    ...(minimum === undefined ? [] : [String(minimum - 1)]),
    ...(maximum === undefined ? [] : [String(maximum + 1)]),
    ...(minLength === undefined ? [] : ['b'.repeat(minLength - 1)]),
    ...(maxLength === undefined ? [] : ['b'.repeat(maxLength + 1)]),
  ];
  return outside.length > 0 ? random.pick(outside) : oddText(random);
}

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
