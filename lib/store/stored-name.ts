import { createHash } from 'node:crypto';

/** A name or id as it stands in columns and indexes; `raw`: its JSON text, where that is not the name itself. */
export interface StoredName {
  text: string;
  raw: string | null;
}

/** What an index takes of two names together, with room for more columns. */
const MOST_BYTES = 512;
const PREFIX_CHARS = 100;
/** Beyond it a name is known by its beginning and its digest alone. */
const MOST_RAW_CHARS = 65_536;
const NUL = String.fromCharCode(0);
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Names belong to their owners: Redis takes any bytes of any length, PostgreSQL's text neither NUL nor half a surrogate pair, and its
 * indexes 2.7 KB. A name that fits stands as it is; any other by its beginning and a digest, with the name itself beside it.
 */
export function storeName(name: string): StoredName {
  if (fits(name)) return { text: name, raw: null };
  const digest = createHash('sha256').update(name, 'utf16le').digest('hex').slice(0, 32);
  const prefix = Buffer.from(name.slice(0, PREFIX_CHARS)).toString().replaceAll(NUL, '\ufffd');
  const raw = name.length <= MOST_RAW_CHARS ? JSON.stringify(name) : null;
  return { text: `${prefix}…${digest}`, raw };
}

/** The same without the name itself: what a row of that name is looked for by. */
export const storedText = (name: string): string => storeName(name).text;

export function readName(text: string, raw: string | null): string {
  return raw === null ? text : (JSON.parse(raw) as string);
}

function fits(name: string): boolean {
  if (name.length > MOST_BYTES || name.includes(NUL) || LONE_SURROGATE.test(name)) return false;
  return name.length * 3 <= MOST_BYTES || Buffer.byteLength(name) <= MOST_BYTES;
}
