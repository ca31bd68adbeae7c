export type TokenKind = 'key' | 'string' | 'number' | 'word' | 'plain';
export interface Token {
  kind: TokenKind;
  text: string;
}

const STRING = /"(?:[^"\\]|\\.)*"?/y;
const WORD = /[^\s"{}[\],:]+/y;
const SPACE = /\s+/y;

/**
 * Lays out JSON text for reading without parsing it, so that `12345678901234567890` and `1.0` stay as the sender wrote
 * them. Text that is cut short, or is no JSON, comes out as far as it goes: never an exception, never a lost character.
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
  const breakLine = () => plain(`\n${'  '.repeat(depth)}`);
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
      const found = match(STRING);
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
      depth = Math.max(0, depth - 1);
      breakLine();
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

/** The same as one string. */
export function prettyJson(text: string): string {
  return layOutJson(text)
    .map((token) => token.text)
    .join('');
}
