/** Levels of JSON that are read: what recurses over a value (zod, JSON.stringify, a viewer) fails at a few thousand. */
export const JSON_LEVELS = 200;

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Is JSON text nested deeper than so many levels? One walk over its brackets, strings skipped, that ends at the first one too deep; text
 * that is no JSON has an answer too.
 */
export function isDeeperThan(text: string, levels = JSON_LEVELS): boolean {
  if (text.length <= levels) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > levels) return true;
    } else if (code === 93 || code === 125) depth -= 1;
  }
  return false;
}

/** The place of the quote that ends the string which begins at `from`; the text's length where none does. */
export function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

/** JSON text as a value; undefined where it is none, or nested too deep to be passed on. */
export function parseShallow(text: string): unknown {
  if (isDeeperThan(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
