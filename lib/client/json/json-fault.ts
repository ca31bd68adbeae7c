export interface JsonFault {
  line: number;
  column: number;
  message: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings hold none unescaped
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** Thrown inside, never out of this file. */
class Stop extends Error {
  constructor(
    readonly position: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Where JSON text stops being JSON, as a person counts (line 1, column 1), or null when it is sound.
 * JSON.parse decides; this own walk only finds the place, since engines disagree on telling it.
 */
export function findJsonFault(text: string): JsonFault | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const stop = walk(text);
    const before = text.slice(0, stop.position);
    return { line: before.split('\n').length, column: stop.position - before.lastIndexOf('\n'), message: stop.message };
  }
}

function walk(text: string): Stop {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null;
  };
  const fail = (expected: string): never => {
    throw new Stop(at, at >= text.length ? `ends too early: ${expected} is missing` : `expected ${expected}`);
  };
  const list = (close: string, item: () => void) => {
    at += 1;
    take(SPACE);
    if (text[at] === close) {
      at += 1;
      return;
    }
    for (;;) {
      item();
      take(SPACE);
      if (text[at] === ',') at += 1;
      else if (text[at] === close) break;
      else fail(`"," or "${close}"`);
      take(SPACE);
    }
    at += 1;
  };
  const member = () => {
    if (!take(STRING)) fail('a name in double quotes');
    take(SPACE);
    if (text[at] !== ':') fail('":"');
    at += 1;
    value();
  };
  const value = (): void => {
    take(SPACE);
    if (text[at] === '{') list('}', member);
    else if (text[at] === '[') list(']', value);
    else if (!take(STRING) && !take(NUMBER) && !take(WORD)) fail('a value');
  };
  try {
    value();
    take(SPACE);
    return new Stop(at, at < text.length ? 'expected the end' : 'is not JSON');
  } catch (error) {
    return error instanceof Stop ? error : new Stop(0, 'is nested too deeply');
  }
}
