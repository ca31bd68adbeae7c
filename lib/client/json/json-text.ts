export type TokenKind = 'key' | 'string' | 'number' | 'word' | 'plain';
export interface Token {
  kind: TokenKind;
  text: string;
}

const WORD = /[^\s"{}[\],:]+/y;
const SPACE = /\s+/y;
/** Deeper levels stand in one line: indentation grows with the square of the depth. */
const INDENTED_LEVELS = 64;
/** Spaces of indentation for each character of the text, and for a small one; beyond them the rest stands in one line. */
const SPACES_PER_CHAR = 4;
const SPACES_AT_LEAST = 100_000;

/**
 * Lays out JSON text for reading without parsing it, so that `12345678901234567890` and `1.0` stay as the sender wrote
 * them. Text that is cut short, or is no JSON, comes out as far as it goes: never an exception, never a lost character. What comes out
 * is bounded by what goes in, however deep it is nested.
 */
export function layOutJson(text: string): Token[] {
  const tokens: Token[] = [];
  let depth = 0;
  let at = 0;
  const plain = (value: string) => {
    const last = tokens.at(-1);
    if (last?.kind === 'plain') last.text += value;
    else tokens.push({ kind: 'plain', text: value });
  };
  let spacesLeft = SPACES_AT_LEAST + SPACES_PER_CHAR * text.length;
  const breakLine = () => {
    if (depth > INDENTED_LEVELS || spacesLeft < 0) return;
    spacesLeft -= 2 * depth;
    plain(`\n${'  '.repeat(depth)}`);
  };
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  while (at < text.length) {
    match(SPACE);
    const sign = text[at];
    if (sign === undefined) break;
    if (sign === '"') {
      const end = afterString(text, at);
      const found = text.slice(at, end);
      at = end;
      match(SPACE);
      tokens.push({ kind: text[at] === ':' ? 'key' : 'string', text: found });
    } else if (sign === '{' || sign === '[') {
      at += 1;
      match(SPACE);
      const close = text[at];
      if (close === '}' || close === ']') {
        at += 1;
        plain(sign + close);
      } else {
        plain(sign);
        depth += 1;
        breakLine();
      }
    } else if (sign === '}' || sign === ']') {
      at += 1;
      // The bracket of a level that stands in one line ends in it.
      const inLine = depth > INDENTED_LEVELS;
      depth = Math.max(0, depth - 1);
      if (!inLine) breakLine();
      plain(sign);
    } else if (sign === ',') {
      at += 1;
      plain(',');
      breakLine();
    } else if (sign === ':') {
      at += 1;
      plain(': ');
    } else {
      const found = match(WORD);
      if (tokens.at(-1)?.kind === 'word' || tokens.at(-1)?.kind === 'number') plain(' ');
      tokens.push({ kind: /^-?\d/.test(found) ? 'number' : 'word', text: found });
    }
  }
  return tokens;
}

/** The place after the string that begins at `from`. No pattern: what it could go back to would fill the stack at some megabytes. */
function afterString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** The same as one string. */
export function prettyJson(text: string): string {
  return layOutJson(text)
    .map((token) => token.text)
    .join('');
}
