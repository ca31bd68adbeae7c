import type { Node, Value } from '@/lib/contracts/query/ast';
import { readDuration, readMoment } from '@/lib/contracts/query/values';
import { FLAGS, STATE_CODES } from '@/lib/store/history/states';
import { termOf } from '@/lib/store/history/terms';
import { storedText } from '@/lib/store/stored-name';

/** Ids of the names that patterns of the query fit; see resolve.ts. */
export interface Names {
  /** Of kinds (jobs of one name), queues, sources and workers, by the pattern as `like` gives it. */
  idsOf(what: 'kind' | 'queue' | 'source' | 'worker', pattern: string): number[];
  /** Some jobs have their name in their own row. */
  hasOwnNames: boolean;
}

export interface Clock {
  nowMs: number;
  /** Of the zone in which times without one are meant; east is positive. */
  offsetMinutes: number;
}

/** `sql` with `$1`… for `values`; rows are `j`. `scans`: it looks into texts that have no index. */
export interface Condition {
  sql: string;
  values: unknown[];
  scans: boolean;
  /** Hashes of leaves of the data that each fitting job must have; see history/terms.ts. */
  terms: number[];
}

export function toCondition(node: Node | null, names: Names, clock: Clock, firstValue = 1): Condition {
  const writer = new Writer(names, clock, firstValue);
  const sql = node === null ? 'true' : writer.write(node);
  return { sql, values: writer.values, scans: writer.scans, terms: node === null ? [] : requiredTerms(node) };
}

function requiredTerms(node: Node): number[] {
  if (node.kind === 'and') return node.items.flatMap(requiredTerms);
  if (node.kind !== 'term' || node.field !== 'data' || node.path === null || node.values.length !== 1) return [];
  return node.values.map((value) => termOf(node.path ?? '', asText(value).text));
}

/** The pattern of a value: `*` of an unquoted one stands for anything. `within`: anywhere in the text. */
export function like(value: { text: string; quoted: boolean }, within: boolean): string {
  const plain = value.text.replaceAll(/[\\%_]/g, '\\$&');
  const pattern = value.quoted ? plain : plain.replaceAll('*', '%');
  return within ? `%${pattern}%` : pattern;
}

/** A whole name is looked for as it is stored. */
export function queuePattern(value: { text: string; quoted: boolean }): string {
  const isWhole = value.quoted || !value.text.includes('*');
  return isWhole ? like({ text: storedText(value.text), quoted: true }, false) : like(value, false);
}

class Writer {
  readonly values: unknown[] = [];
  scans = false;

  constructor(
    private readonly names: Names,
    private readonly clock: Clock,
    private readonly firstValue: number,
  ) {}

  write(node: Node): string {
    switch (node.kind) {
      case 'and':
        return `(${node.items.map((item) => this.write(item)).join(' AND ')})`;
      case 'or':
        return `(${node.items.map((item) => this.write(item)).join(' OR ')})`;
      case 'not':
        // What is not known does not fit, so its opposite does.
        return `(${this.write(node.item)}) IS NOT TRUE`;
      case 'text':
        return this.#text(node.text);
      default:
        return `(${node.values.map((value) => this.#term(node, value)).join(' OR ')})`;
    }
  }

  #value(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.firstValue + this.values.length - 1}::${type}`;
  }

  #ids(what: Parameters<Names['idsOf']>[0], column: string, pattern: string): string {
    const ids = this.names.idsOf(what, pattern);
    return ids.length === 0 ? 'false' : `${column} = ANY(${this.#value(ids, 'int[]')})`;
  }

  /** A word alone: in the name, the id, the error or the data. */
  #text(text: string): string {
    this.scans = true;
    const pattern = like({ text, quoted: true }, true);
    const value = this.#value(pattern, 'text');
    const own = this.names.hasOwnNames ? ` OR j.name ILIKE ${value}` : '';
    return `(${this.#ids('kind', 'j.kind_id', pattern)}${own} OR j.id ILIKE ${value} OR j.error ILIKE ${value} OR j.data ILIKE ${value})`;
  }

  #term(term: Extract<Node, { kind: 'term' }>, value: Value): string {
    switch (term.field) {
      case 'name': {
        const pattern = like(asText(value), false);
        const ids = this.#ids('kind', 'j.kind_id', pattern);
        return this.names.hasOwnNames ? `(${ids} OR j.name ILIKE ${this.#value(pattern, 'text')})` : ids;
      }
      case 'queue':
        return this.#ids('queue', 'j.queue_id', queuePattern(asText(value)));
      case 'source':
        return this.#ids('source', 'j.source_id', like(asText(value), false));
      case 'worker':
        return this.#ids('worker', 'j.worker_id', like(asText(value), false));
      case 'id':
        return this.#id(asText(value));
      case 'error':
        return `(${HAS_ERROR} AND j.error ILIKE ${this.#value(like(asText(value), true), 'text')})`;
      case 'data':
        return this.#data(term.path, asText(value));
      case 'state':
        return `j.state = ${STATE_CODES[asText(value).text as keyof typeof STATE_CODES]}`;
      case 'cancelled':
        return `(j.flags & ${FLAGS.cancelled}) ${asText(value).text === 'yes' ? '<> 0' : '= 0'}`;
      case 'broker':
        return `(j.flags & ${FLAGS.gone}) ${asText(value).text === 'yes' ? '= 0' : '<> 0'}`;
      case 'added':
      case 'started':
      case 'finished':
        return this.#time(`j.${term.field}_at`, value);
      case 'failed':
      case 'completed':
        return `(j.state = ${STATE_CODES[term.field]} AND ${this.#time('j.finished_at', value)})`;
      case 'wait':
        return this.#number('j.wait_ms', value, (text) => readDuration(text) ?? 0, 'float8');
      case 'run':
        return this.#number('j.run_ms', value, (text) => readDuration(text) ?? 0, 'float8');
      case 'attempts':
        return this.#number('j.attempts_made', value, Number, 'float8');
      case 'size':
        return this.#number('j.data_bytes', value, Number, 'float8');
      case 'group':
        return this.#group(value);
      default:
        throw new Error(`no condition for ${String(term.field satisfies never)}`);
    }
  }

  #id(value: { text: string; quoted: boolean }): string {
    if (value.quoted || !value.text.includes('*')) return `j.id = ${this.#value(storedText(value.text), 'text')}`;
    this.scans = true;
    return `j.id LIKE ${this.#value(like(value, false), 'text')}`;
  }

  /** Of one, all that are merged with it. */
  #group(value: Value): string {
    if (value.op !== 'is') return this.#number('j.group_id', value, Number, 'float8');
    const id = this.#value(Number(value.text), 'float8');
    return `j.group_id = ANY(ARRAY(SELECT m.id FROM queuedeck.failure_group m JOIN queuedeck.failure_group g ON m.head = g.head WHERE g.id = ${id}))`;
  }

  /** By the hash of the leaf; its text must be there too, as far as the data was kept whole and reads like its value. */
  #data(path: string | null, value: { text: string; quoted: boolean }): string {
    if (path === null) {
      this.scans = true;
      return `j.data ILIKE ${this.#value(like(value, true), 'text')}`;
    }
    const term = `j.terms @> ${this.#value([termOf(path, value.text)], 'int[]')}`;
    if (!/^[\w .:@/-]+$/.test(value.text)) return term;
    return `(${term} AND strpos(j.data, ${this.#value(value.text, 'text')}) > 0)`;
  }

  /** `<1h` is less than an hour ago; `<2026-11-22` is before that day. */
  #time(column: string, value: Value): string {
    const at = (ms: number) => `to_timestamp(${this.#value(ms / 1000, 'float8')})`;
    const within = (text: string) => {
      const moment = readMoment(text, this.clock.offsetMinutes);
      if (moment) return moment;
      const ms = this.clock.nowMs - (readDuration(text) ?? 0);
      return { fromMs: ms, toMs: ms };
    };
    if (value.op === '..') {
      const from = value.from === '' ? null : within(value.from);
      const to = value.to === '' ? null : within(value.to);
      const parts = [from && `${column} >= ${at(from.fromMs)}`, to && `${column} < ${at(to.toMs)}`];
      return `(${parts.filter(Boolean).join(' AND ')})`;
    }
    const isAge = readMoment(value.text, 0) === null;
    const { fromMs, toMs } = within(value.text);
    if (value.op === 'is') return `(${column} >= ${at(fromMs)} AND ${column} < ${at(toMs)})`;
    const isLess = value.op.startsWith('<');
    if (isAge) return isLess ? `${column} >= ${at(fromMs)}` : `${column} < ${at(fromMs)}`;
    if (isLess) return `${column} < ${at(value.op === '<' ? fromMs : toMs)}`;
    return `${column} >= ${at(value.op === '>' ? toMs : fromMs)}`;
  }

  #number(column: string, value: Value, read: (text: string) => number, type: string): string {
    if (value.op === '..') {
      const parts = [
        value.from !== '' && `${column} >= ${this.#value(read(value.from), type)}`,
        value.to !== '' && `${column} <= ${this.#value(read(value.to), type)}`,
      ];
      return `(${parts.filter(Boolean).join(' AND ')})`;
    }
    return `${column} ${value.op === 'is' ? '=' : value.op} ${this.#value(read(value.text), type)}`;
  }
}

/** What the index of failures is made of. */
export const HAS_ERROR = '(j.state = 6 OR j.error IS NOT NULL)';

function asText(value: Value): { text: string; quoted: boolean } {
  if (value.op !== 'is') throw new Error('a text has no bounds');
  return value;
}
