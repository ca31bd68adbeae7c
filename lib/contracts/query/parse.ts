import { BOUNDS, FIELD_NAMES, FIELDS, type FieldName, type Node, QueryFault, type Value } from './ast';
import { type Token, tokenize } from './tokens';
import { readValue } from './values';

/**
 * Reads a query; null = an empty one, which everything fits. Throws QueryFault with what was expected and where.
 *
 *     query  := all (OR all)*
 *     all    := one (AND? one)*
 *     one    := (NOT | -) one | ( query ) | field:value(,value)* | word | "words"
 */
export function parseQuery(text: string): Node | null {
  const reader = new Reader(tokenize(text));
  if (reader.peek().kind === 'end') return null;
  const node = readAny(reader, 0);
  const rest = reader.peek();
  if (rest.kind !== 'end') throw new QueryFault('expected no ) without a ( before it', rest.at);
  return node;
}

class Reader {
  #at = 0;
  terms = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  peek(): Token {
    return this.tokens[this.#at] ?? (this.tokens.at(-1) as Token);
  }

  take(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }
}

function readAny(reader: Reader, depth: number): Node {
  const items = [readAll(reader, depth)];
  while (reader.peek().kind === 'or') {
    reader.take();
    items.push(readAll(reader, depth));
  }
  return join('or', items);
}

function readAll(reader: Reader, depth: number): Node {
  const items = [readOne(reader, depth)];
  for (;;) {
    const { kind } = reader.peek();
    if (kind === 'and') reader.take();
    else if (kind !== 'word' && kind !== '(' && kind !== 'not') break;
    items.push(readOne(reader, depth));
  }
  return join('and', items);
}

/** The same within the same is one. */
function join(kind: 'and' | 'or', items: Node[]): Node {
  const flat = items.flatMap((item) => (item.kind === kind ? item.items : [item]));
  return flat.length === 1 ? (flat[0] as Node) : { kind, items: flat };
}

function readOne(reader: Reader, depth: number): Node {
  const token = reader.take();
  if (depth > BOUNDS.depth) throw new QueryFault(`expected at most ${BOUNDS.depth} levels of ( ) and NOT`, token.at);
  if (token.kind === 'not') {
    const item = readOne(reader, depth + 1);
    return item.kind === 'not' ? item.item : { kind: 'not', item };
  }
  if (token.kind === '(') {
    const node = readAny(reader, depth + 1);
    const close = reader.take();
    if (close.kind !== ')') throw new QueryFault('expected a )', close.at);
    return node;
  }
  if (token.kind !== 'word') throw new QueryFault('expected a word, a field or a (', token.at);
  reader.terms += 1;
  if (reader.terms > BOUNDS.terms) throw new QueryFault(`expected at most ${BOUNDS.terms} terms`, token.at);
  return readTerm(token);
}

function readTerm({ field: given, fieldAt, parts, at }: Extract<Token, { kind: 'word' }>): Node {
  if (given === null) {
    const [part] = parts;
    if (!part || (part.text === '' && part.quoted)) throw new QueryFault('expected something between the quotes', at);
    if (part.text.length > BOUNDS.valueChars)
      throw new QueryFault(`expected at most ${BOUNDS.valueChars} characters`, part.at);
    return { kind: 'text', text: part.text, at };
  }
  const dot = given.indexOf('.');
  const name = (dot < 0 ? given : given.slice(0, dot)).toLowerCase();
  const path = dot < 0 ? null : given.slice(dot + 1);
  if (!isField(name))
    throw new QueryFault(`expected a field (${suggest(name)}); quote "${given}:" to look for that text`, fieldAt);
  if (path !== null && FIELDS[name].kind !== 'data') throw new QueryFault(`"${name}" has no paths`, fieldAt);
  if (path === '') throw new QueryFault('expected a path after "data."', fieldAt);
  if (path !== null && path.length > BOUNDS.pathChars)
    throw new QueryFault(`expected a path of at most ${BOUNDS.pathChars} characters`, fieldAt);
  if (parts.length > BOUNDS.values) throw new QueryFault(`expected at most ${BOUNDS.values} values`, at);
  const values: Value[] = parts.map((part) => readValue(name, path, part));
  return { kind: 'term', field: name, path, values, at };
}

const isField = (name: string): name is FieldName => Object.hasOwn(FIELDS, name);

function suggest(name: string): string {
  const near = FIELD_NAMES.filter((one) => one.startsWith(name.slice(0, 2)));
  return (near.length > 0 ? near : FIELD_NAMES.slice(0, 6)).join(', ');
}
