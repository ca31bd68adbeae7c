import type * as z from 'zod';

/**
 * For text that is ours to keep: PostgreSQL holds no NUL, and neither it nor UTF-8 a half of a surrogate pair. Kept all the same, it
 * would be another text than was sent.
 */
export function storable(ctx: z.core.ParsePayload<string>): void {
  const fault = findUnstorable(ctx.value);
  if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
}

export const isStorable = (text: string): boolean => findUnstorable(text) === null;

/** The same for text that goes to a broker, which may hold NUL. */
export function wellFormed(ctx: z.core.ParsePayload<string>): void {
  if (HALF_PAIR.test(ctx.value)) ctx.issues.push({ code: 'custom', input: ctx.value, message: MESSAGES.half });
}

/** For JSON that is ours to keep: every text in it, names of members too. */
export function storableJson(ctx: z.core.ParsePayload<unknown>): void {
  const fault = findInJson(ctx.value);
  if (fault !== null) ctx.issues.push({ code: 'custom', input: ctx.value, message: fault });
}

const MESSAGES = {
  nul: 'must not hold a NUL character (\\u0000)',
  half: 'must not hold a half of a surrogate pair (\\ud800–\\udfff alone)',
};
const NUL = String.fromCharCode(0);
/** By code points, so that whole pairs do not fit. */
const HALF_PAIR = /[\ud800-\udfff]/u;

function findUnstorable(text: string): string | null {
  if (text.includes(NUL)) return MESSAGES.nul;
  return HALF_PAIR.test(text) ? MESSAGES.half : null;
}

function findInJson(value: unknown): string | null {
  if (typeof value === 'string') return findUnstorable(value);
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const fault = findUnstorable(key) ?? findInJson(inner);
    if (fault !== null) return fault;
  }
  return null;
}
