import { BOUNDS, FIELDS, QueryFault, type Span } from './ast';

export type Token =
  | { kind: '(' | ')' | 'and' | 'or' | 'not' | 'end'; at: Span }
  /** `name:value` has a field; `value` alone has none. `parts` are its values, between commas. */
  | { kind: 'word'; field: string | null; fieldAt: Span; parts: Part[]; at: Span };

export interface Part {
  text: string;
  quoted: boolean;
  at: Span;
}

const WORDS = { AND: 'and', OR: 'or', NOT: 'not' } as const;
const FIELD = /[A-Za-z][A-Za-z0-9_$-]*(?:\.[^\s:()"]*)?:/y;

/** Cuts a query into tokens. Linear in its length. Throws QueryFault. */
export function tokenize(text: string): Token[] {
  if (text.length > BOUNDS.chars)
    throw new QueryFault(`at most ${BOUNDS.chars} characters`, [BOUNDS.chars, text.length]);
  const nul = text.indexOf(String.fromCharCode(0));
  if (nul >= 0) throw new QueryFault('expected no NUL character', [nul, nul + 1]);
  const half = text.search(/[\ud800-\udfff]/u);
  if (half >= 0) throw new QueryFault('expected no half of a surrogate pair', [half, half + 1]);
  const tokens: Token[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text[i] ?? '';
    if (/\s/.test(char)) i += 1;
    else if (char === '(' || char === ')') {
      tokens.push({ kind: char, at: [i, i + 1] });
      i += 1;
    } else if (char === '-' && /[A-Za-z("]/.test(text[i + 1] ?? '')) {
      tokens.push({ kind: 'not', at: [i, i + 1] });
      i += 1;
    } else {
      const token = readWord(text, i);
      tokens.push(token);
      i = token.at[1];
    }
  }
  tokens.push({ kind: 'end', at: [text.length, text.length] });
  return tokens;
}

function readWord(text: string, from: number): Token {
  FIELD.lastIndex = from;
  const head = FIELD.exec(text)?.[0] ?? null;
  // `https://…` is a word; `id://…` is an id that begins like that.
  const isField = head !== null && (isFieldName(head.slice(0, -1)) || !text.startsWith('//', from + head.length));
  const start = isField ? from + head.length : from;
  const [parts, to] = readParts(text, start, isField);
  const [first] = parts;
  if (!isField && parts.length === 1 && first && !first.quoted && Object.hasOwn(WORDS, first.text))
    return { kind: WORDS[first.text as keyof typeof WORDS], at: [from, to] };
  return { kind: 'word', field: isField ? head.slice(0, -1) : null, fieldAt: [from, start], parts, at: [from, to] };
}

const isFieldName = (text: string) => Object.hasOwn(FIELDS, text.split('.', 1)[0]?.toLowerCase() ?? '');

/** Values up to the next blank or bracket; commas part them after a field only. */
function readParts(text: string, from: number, isField: boolean): [Part[], number] {
  const parts: Part[] = [];
  let i = from;
  for (;;) {
    const part = text[i] === '"' ? readQuoted(text, i) : readBare(text, i, isField);
    parts.push(part);
    i = part.at[1];
    if (!isField || text[i] !== ',') break;
    i += 1;
  }
  return [parts, i];
}

function readBare(text: string, from: number, isField: boolean): Part {
  let i = from;
  while (i < text.length && !/[\s()]/.test(text[i] ?? '') && !(isField && text[i] === ',')) {
    // A quote within, as in `added:2026-11-21.."x"`, is a character like any other.
    i += 1;
  }
  return { text: text.slice(from, i), quoted: false, at: [from, i] };
}

function readQuoted(text: string, from: number): Part {
  let value = '';
  for (let i = from + 1; i < text.length; i += 1) {
    const char = text[i] ?? '';
    if (char === '"') return { text: value, quoted: true, at: [from, i + 1] };
    if (char === '\\' && i + 1 < text.length) {
      i += 1;
      value += text[i] ?? '';
    } else value += char;
  }
  throw new QueryFault('expected a closing "', [from, text.length]);
}
