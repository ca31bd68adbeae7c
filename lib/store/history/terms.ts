const MOST_TERMS = 64;
const MOST_DEPTH = 8;
const MOST_VALUE_CHARS = 200;
const MOST_PATH_CHARS = 200;

/**
 * What a job's data can be found by: a hash for each of its leaves, `path=value`. Elements of a list stand under the list's own path.
 * `dataText` is raw JSON; what is not JSON (or was cut) has none. At most 64; a job with more is found by its first 64.
 */
export function termsOf(dataText: string | null): number[] {
  if (dataText === null) return [];
  let data: unknown;
  try {
    data = JSON.parse(dataText);
  } catch {
    return [];
  }
  const terms = new Set<number>();
  collect(data, '', 0, terms);
  return [...terms].sort((a, b) => a - b);
}

/** The term of one leaf, a signed 32-bit number. `value`: its text; strings, numbers and words of JSON of the same text are the same. */
export function termOf(path: string, value: string): number {
  const text = `${path}\u0000${value.slice(0, MOST_VALUE_CHARS)}`;
  // FNV-1a, then mixed, so that near texts are far apart.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

function collect(value: unknown, path: string, depth: number, terms: Set<number>): void {
  if (terms.size >= MOST_TERMS) return;
  if (typeof value !== 'object' || value === null) {
    terms.add(termOf(path, String(value)));
    return;
  }
  if (depth >= MOST_DEPTH) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, path, depth + 1, terms);
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    const next = path === '' ? key : `${path}.${key}`;
    if (next.length <= MOST_PATH_CHARS) collect(each, next, depth + 1, terms);
  }
}
