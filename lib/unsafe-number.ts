/** Strings are skipped whole, so that digits inside them do not count. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * The first number in valid JSON text that a double cannot hold exactly enough to be written back with the same value:
 * integers beyond 2^53 that change, numbers that overflow. Null when all survive.
 */
export function findUnsafeNumber(text: string): string | null {
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith('"') || token.length < 16) continue;
    if (!survives(token)) return token.length > 60 ? `${token.slice(0, 60)}…` : token;
  }
  return null;
}

function survives(token: string): boolean {
  const number = Number(token);
  if (!Number.isFinite(number)) return false;
  if (/^-?\d+$/.test(token)) return BigInt(token) === BigInt(number);
  return true;
}
