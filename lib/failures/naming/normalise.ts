import { createHash } from 'node:crypto';
import { foldTokens } from './fold-tokens';
import { Kept, keepCodes, MARK } from './keep-codes';
import { ownFrame } from './own-frame';
import { ADDRESSES, applyRules, NUMBERS, VALUES } from './rules';

/** Raised when a rule changes: fingerprints of another version are other groups. */
export const NORMALISER_VERSION = 3;

export interface NormalisedError {
  /** The message without what differs from one occurrence to the next; one line, ≤ 200 characters. */
  title: string;
  /** 16 bytes; the same for the same cause, across restarts and processes. */
  fingerprint: Buffer;
  /** The first frame of the job's own code, without line numbers; null = none is known. */
  frame: string | null;
}

const MOST_CHARS = 2_000;
const MOST_TITLE = 200;
/** An id may have digits only, or look like hex, now and then: which of the three it was makes no other cause. */
const SAME_BLANK = /<(?:n|hex)>/g;

/** Groups failures by cause. Pure; the same text gives the same answer in every process. `stack`: a trace of Node, Python or PHP. */
export function normaliseError(message: string, stack: string | null): NormalisedError {
  return nameError(message, ownFrame(stack ?? (message.includes('\n') ? message : null)));
}

/** The same, where the frame is known already. */
export function nameError(message: string, frame: string | null): NormalisedError {
  const title = scrub(firstLine(message)) || '(no message)';
  const same = title.includes('<') ? title.replace(SAME_BLANK, '<id>') : title;
  return { title, fingerprint: fingerprintOf([same, frame ?? '']), frame };
}

export const fingerprintOf = (parts: readonly string[]): Buffer =>
  createHash('sha256')
    .update([NORMALISER_VERSION, ...parts].join('\u0001'))
    .digest()
    .subarray(0, 16);

function scrub(line: string): string {
  const kept = new Kept();
  const plain = line.slice(0, MOST_CHARS).replace(MARK, '');
  const coded = keepCodes(applyRules(plain, ADDRESSES), kept);
  const folded = applyRules(foldTokens(applyRules(coded, VALUES), kept), NUMBERS);
  return kept.putBack(folded).replace(/\s+/g, ' ').trim().slice(0, MOST_TITLE);
}

/** What a message of several lines says: of a Python traceback its last line, else the first that is not empty. */
function firstLine(message: string): string {
  if (!message.includes('\n')) return message.slice(0, MOST_CHARS * 2).trim();
  const lines = message
    .slice(0, 16_384)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (/^Traceback \(most recent call last\)/.test(lines[0] ?? '')) return lines.at(-1) ?? '';
  return lines[0] ?? '';
}
