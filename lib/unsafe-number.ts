import { endOfString } from '@/lib/json-depth';

const QUOTE_OR_NUMBER = /["\d-]/g;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * The first number in valid JSON text that a double cannot hold exactly enough to be written back with the same value:
 * integers beyond 2^53 that change, numbers that overflow or vanish. Null when all survive. Strings are skipped by hand: a pattern for
 * them needs a step of the engine's stack for each character, which ends at some millions.
 */
export function findUnsafeNumber(text: string): string | null {
  for (let at = 0; ; ) {
    QUOTE_OR_NUMBER.lastIndex = at;
    const found = QUOTE_OR_NUMBER.exec(text);
    if (!found) return null;
    if (found[0] === '"') {
      at = endOfString(text, found.index) + 1;
      continue;
    }
    NUMBER.lastIndex = found.index;
    const token = NUMBER.exec(text)?.[0] ?? '-';
    at = found.index + token.length;
    if ((token.length >= 16 || /e/i.test(token)) && !survives(token))
      return token.length > 60 ? `${token.slice(0, 60)}…` : token;
  }
}

function survives(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  if (number === 0 && /^-?[\d.]*[1-9]/.test(token)) return false;
  if (/^-?\d+$/.test(token)) return BigInt(token) === BigInt(number);
  return true;
}
