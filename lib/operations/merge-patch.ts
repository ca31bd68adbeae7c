import { endOfString } from '@/lib/json-depth';

const SIGN = /["{}[\],:]/g;

/**
 * JSON merge patch (RFC 7396) on text: what the patch does not name keeps its very characters, so that big integers survive.
 * Throws SyntaxError when `text` is no JSON.
 */
export function mergePatchText(text: string, patch: Record<string, unknown>): string {
  JSON.parse(text);
  const members = text.trimStart().startsWith('{') ? readMembers(text) : new Map<string, string>();
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) members.delete(key);
    else if (isObject(value)) members.set(key, mergePatchText(members.get(key) ?? '{}', value));
    else members.set(key, JSON.stringify(value));
  }
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

/** The members of a valid JSON object, each value as its text; of a doubled key the last. */
function readMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let key: string | null = null;
  let from = -1;
  const close = (end: number) => {
    if (key !== null && from >= 0) members.set(key, text.slice(from, end).trim());
    key = null;
    from = -1;
  };
  for (const { token, index } of signsOf(text)) {
    if (depth === 1 && key === null && token.startsWith('"')) key = JSON.parse(token) as string;
    else if (depth === 1 && token === ':' && from < 0) from = index + 1;
    else if (depth === 1 && (token === ',' || token === '}')) close(index);
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
  }
  return members;
}

/** Brackets, commas and colons; strings whole, so that what stands inside them does not count. */
function* signsOf(text: string): Generator<{ token: string; index: number }> {
  for (let at = 0; ; ) {
    SIGN.lastIndex = at;
    const found = SIGN.exec(text);
    if (!found) return;
    const { index } = found;
    at = (found[0] === '"' ? endOfString(text, index) : index) + 1;
    yield { token: text.slice(index, at), index };
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
