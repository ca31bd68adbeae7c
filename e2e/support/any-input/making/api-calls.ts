import { type Call, makeCall } from '../call';
import type { Api, Operation } from '../operations';
import type { Random } from '../random';
import { SWEEPING, type World } from '../world/world';
import { makeBody, makeFile } from './bodies';
import { percentEncode } from './encode';
import { fitSchema, type Making } from './fitting';
import { brokenBody, oddEscape } from './forge';
import { writeJson } from './json-writer';
import { spoil } from './spoil';

/** Parts of a request before they are written. */
export interface Draft {
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
