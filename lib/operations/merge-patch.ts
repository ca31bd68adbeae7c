import { endOfString } from '@/lib/json-depth';

/**
 * JSON merge patch (RFC 7396) on text: what the patch does not name keeps its very characters, so that big integers survive.
 * Throws SyntaxError when `text` is no JSON.
 */
export function mergePatchText(text: string, patch: Record<string, unknown>): string {
  JSON.parse(text);
  return merge(text, patch);
}

function merge(text: string, patch: Record<string, unknown>): string {
  const members = text.trimStart().startsWith('{') ? readMembers(text) : new Map<string, string>();
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) members.delete(key);
    else if (isObject(value)) members.set(key, merge(members.get(key) ?? '{}', value));
    else members.set(key, JSON.stringify(value));
  }
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

/** The members of a valid JSON object, each value as its text; of a doubled key the last. One walk: a pattern fails at long strings. */
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
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && key === null) key = JSON.parse(text.slice(at, end + 1)) as string;
      at = end;
    } else if (depth === 1 && char === ':' && from < 0) from = at + 1;
    else if (depth === 1 && (char === ',' || char === '}')) close(at);
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
  }
  return members;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
