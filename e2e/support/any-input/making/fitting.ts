import type { Api, Operation, Schema } from '../operations';
import type { Random } from '../random';
import type { Place, World } from '../world/world';

export interface Making {
  api: Api;
  world: World;
  random: Random;
  operation: Operation;
  place: Place;
}

const QUERIES = [
  '',
  'state:failed',
  'queue:any name:mail',
  'added:<1h -state:completed',
  'data.to:ada* OR error:"no"',
  'run:>1s wait:<5m attempts:>0',
];
const TEXTS = ['a', 'Ada Lovelace', 'ünï—漢字🙂', 'two words', '{"a":[1,2]}', 'x'.repeat(60)];
const iso = (offsetMs: number) => new Date(Date.UTC(2026, 0, 1) + offsetMs).toISOString();

/** What fits by its name; undefined = whatever the schema takes. */
function byName(name: string, { world, random, operation, place }: Making): unknown {
  switch (name) {
    case 'source':
      return place.source;
    case 'queue':
    case 'confirm':
      return place.queue;
    case 'toQueue':
      return random.pick(world.scraps.filter(({ source }) => source === place.source)).queue;
    case 'job':
      return random.pick(place.jobs);
    case 'ids':
      return [random.pick(place.jobs)];
    case 'scheduler':
      return place.schedulers.length > 0 && random.chance(0.7) ? random.pick(place.schedulers) : `s${random.below(20)}`;
    case 'task':
      return random.pick(world.tasks);
    case 'operation':
      return random.pick(world.operations);
    case 'view':
      return random.pick(world.views);
    case 'group':
      return random.pick(world.groups);
    case 'worker':
      return random.pick(world.workers).id;
    case 'entries':
      return [random.pick(world.binEntries)];
    case 'cursor':
      return cursorOf(operation.id, world, random);
    case 'q':
      return random.pick(QUERIES);
    case 'metric':
      return random.pick(['completed', 'failed,runP95', 'backlog']);
    case 'topics':
      return random.pick([
        'overview',
        'operations',
        `queue:${encodeURIComponent(place.source)}/${encodeURIComponent(place.queue)}`,
      ]);
    case 'pattern':
      return random.pick(['0 3 * * *', '@daily', '*/5 * * * * *']);
    case 'tz':
      return 'Europe/Berlin';
    case 'from':
      return random.chance(0.5) ? new Date(Date.now() - 3_600_000).toISOString() : iso(0);
    case 'to':
      return new Date().toISOString();
    case 'text':
      return '{"walked":true}';
    case 'data':
    case 'input':
      return random.pick<unknown>([{ to: 'ada@example.com', name: 'Ada' }, { n: 1 }, [], 'text', null]);
    default:
      return undefined;
  }
}

/** One of the operation's own, where it gives any. */
function cursorOf(operation: string, { cursors }: World, random: Random): string {
  const own = cursors.filter((one) => one.operation === operation);
  return random.pick(own.length > 0 ? own : cursors).cursor;
}

/** A value that the schema takes, as far as a schema tells. */
export function fitSchema(schema: Schema, making: Making, name = '', depth = 0): unknown {
  const { api, random } = making;
  const known = byName(name, making);
  if (known !== undefined && !(name === 'data' && schema.items)) return known;
  const one = api.resolve(schema);
  const branches = one.anyOf ?? one.oneOf;
  if (branches) return fitSchema(random.pick(branches), making, '', depth);
  if (one.const !== undefined) return one.const;
  if (one.enum) return random.pick(one.enum);
  switch (Array.isArray(one.type) ? random.pick(one.type) : one.type) {
    case 'object':
      return fitObject(one, making, depth);
    case 'array':
      return fitArray(one, making, depth);
    case 'integer':
    case 'number':
      return fitNumber(one, random);
    case 'boolean':
      return random.chance(0.5);
    case 'string':
      return fitText(one, random);
    case 'null':
      return null;
    default:
      return random.pick<unknown>([{}, { a: 1 }, 'x', 1, null]);
  }
}

function fitObject(schema: Schema, making: Making, depth: number): Record<string, unknown> {
  const required = new Set(schema.required);
  const members = Object.entries(schema.properties ?? {}).filter(
    ([name]) => required.has(name) || (depth < 4 && making.random.chance(0.25)),
  );
  const made = members.map(([name, inner]) => [name, fitSchema(inner, making, name, depth + 1)] as const);
  return Object.fromEntries(schema.properties ? made : [['key', 'value']]);
}

function fitArray(schema: Schema, making: Making, depth: number): unknown[] {
  const fewest = schema.minItems ?? 0;
  const length =
    depth > 4 ? fewest : Math.min(schema.maxItems ?? 3, making.random.between(Math.max(1, fewest), fewest + 2));
  return Array.from({ length }, () => fitSchema(schema.items ?? {}, making, '', depth + 1));
}

function fitNumber(schema: Schema, random: Random): number {
  const from = schema.minimum ?? 0;
  if (random.chance(0.2)) return random.chance(0.5) ? from : (schema.maximum ?? from);
  const to = Math.min(schema.maximum ?? from + 100_000, from + 100_000);
  if (schema.type === 'number') return from + random.unit() * (to - from);
  const step = schema.multipleOf ?? 1;
  return Math.ceil(from / step) * step + step * random.below(Math.max(1, Math.floor((to - from) / step)));
}

function fitText(schema: Schema, random: Random): string {
  if (schema.format === 'date-time') return new Date(Date.now() + random.between(1, 100_000)).toISOString();
  if (schema.format === 'uuid') return '6f0b0f6e-6a1c-4b1e-8f53-0c7b0a9b6d11';
  if (schema.pattern?.includes('d{1,18}')) return String(random.below(1_000));
  if (!schema.pattern && random.chance(0.1)) return 'm'.repeat(Math.min(schema.maxLength ?? 100, 20_000));
  const text = random.pick(schema.pattern ? ['a', 'b-1'] : TEXTS);
  return text.slice(0, schema.maxLength ?? 60).padEnd(schema.minLength ?? 0, 'x');
}
