import { endOfString } from '@/lib/json-depth';

const QUOTE = 34;
const MINUS = 45;
/** Shorter ones without an exponent are exact enough. */
const SHORTEST = 16;

const isDigit = (code: number) => code >= 48 && code <= 57;
const isExponent = (code: number) => code === 69 || code === 101;
/** `+ - .` */
const isSign = (code: number) => code === 43 || code === MINUS || code === 46;

/**
 * The first number in valid JSON text that a double cannot hold exactly enough to be written back with the same value:
 * integers beyond 2^53 that change, numbers that overflow or vanish. Null when all survive. One walk: a pattern would need a stack as deep
 * as the longest string.
 */
export function findUnsafeNumber(text: string): string | null {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === MINUS || isDigit(code)) {
      const from = at;
      let hasExponent = false;
      for (let next = text.charCodeAt(at + 1); isDigit(next) || isExponent(next) || isSign(next); at += 1) {
        hasExponent ||= isExponent(next);
        next = text.charCodeAt(at + 2);
      }
      if (!hasExponent && at + 1 - from < SHORTEST) continue;
      const token = text.slice(from, at + 1);
      if (!survives(token)) return token.length > 60 ? `${token.slice(0, 60)}…` : token;
    }
  }
  return null;
}

function survives(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  if (number === 0 && /^-?[\d.]*[1-9]/.test(token)) return false;
  if (/^-?\d+$/.test(token)) return BigInt(token) === BigInt(number);
  return true;
}
