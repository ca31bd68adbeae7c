import { createHash } from 'node:crypto';
import { fingerprintOf, type NormalisedError } from './normalise';

/** A word of one script, so that texts without spaces have some, too. */
const WORD = /<[a-z]+>|[\p{Script=Latin}\p{M}\p{N}_'’]+|[\p{L}\p{M}]+/gu;
const FIRST_WORDS = 3;

export interface Family {
  /** 16 bytes; the same for the same frame and first words, in any version of the rules that keeps these. */
  key: Buffer;
  words: string;
}

/** Groups that could be of one cause whose changing part is not known as such: of the same place in the code, and with the same first words. */
export function familyOf({ title, frame }: Pick<NormalisedError, 'title' | 'frame'>): Family {
  const words = (title.match(WORD) ?? [])
    .filter((word) => !word.startsWith('<') && !/\d/.test(word))
    .slice(0, FIRST_WORDS)
    .join(' ');
  const key = createHash('sha256')
    .update([words, frame ?? ''].join('\u0001'))
    .digest()
    .subarray(0, 16);
  return { key, words };
}

/** The group in which a family goes on once too many of it came within an hour. */
export const foldFamily = ({ words }: Family, frame: string | null): NormalisedError => ({
  title: `${words} …`.trim(),
  fingerprint: fingerprintOf(['folded', words, frame ?? '']),
  frame,
});
