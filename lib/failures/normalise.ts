import { createHash } from 'node:crypto';
import { ownFrame } from './own-frame';

/** Raised when a rule changes: fingerprints of another version are other groups. */
export const NORMALISER_VERSION = 2;

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

/** In this order: what contains others comes before them. No pattern repeats within a repetition: time is linear in the text. */
const RULES: [pattern: RegExp, to: string][] = [
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s'"`<>()[\]{},]+/gi, '<url>'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g, '<email>'],
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)?\b/g, '<time>'],
  [
    /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? \d{1,2} [a-z]{3,9} \d{4}(?: \d\d:\d\d:\d\d)?(?: GMT| UTC| [+-]\d{4})?/gi,
    '<time>',
  ],
  [/\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\b/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/'(?:[^'\\\n]|\\.){0,300}'/g, '<value>'],
  [/"(?:[^"\\\n]|\\.){0,300}"/g, '<value>'],
  [/`[^`\n]{0,300}`/g, '<value>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, '<host>'],
  [/(?<![\w:])\[?(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\]?(?::\d{1,5})?/gi, '<host>'],
  [/(?<![\w:.])\[?::1\]?(?::\d{1,5})?(?!\w)/g, '<host>'],
  [/\blocalhost(?::\d{1,5})?\b/gi, '<host>'],
  [
    /\b(?:[a-z0-9-]{1,63}\.){1,6}(?:com|org|net|io|dev|app|local|internal|lan|cloud|example|test|invalid|[a-z]{2})(?::\d{1,5})?(?![\w.(])/g,
    '<host>',
  ],
  [/\b[a-z0-9][a-z0-9.-]{0,100}:\d{2,5}\b/gi, '<host>'],
  [/(?<![\w<])(?:[a-z]:)?(?:[\\/][\w.@~+-]{1,128}){2,30}[\\/]?/gi, '<path>'],
  [/(?<![\w<])~?\/[\w.@~+-]{1,128}\.[a-z0-9]{1,6}\b/gi, '<path>'],
  [/\b0x[0-9a-f]+\b/gi, '<hex>'],
  [/\b(?=[0-9a-f]{0,7}\d)[0-9a-f]{8,80}\b/gi, '<hex>'],
  [/\b(?=[0-9a-z_-]{0,80}\d)(?=[0-9a-z_-]{0,80}[a-z])[0-9a-z]{16,80}\b/gi, '<id>'],
  [/\b[a-z]{2,12}_(?=[0-9a-z]{0,63}\d)[0-9a-z]{10,64}\b/gi, '<id>'],
  [/(?<![\w.])[+-]?\d[\d,._]*(?:e[+-]?\d{1,3})?(?=(?:ms|s|m|h|kb|mb|gb|b|%)?(?!\w))/gi, '<n>'],
  [/(?<=[a-z_#-])\d+(?!\w)/gi, '<n>'],
  [/#<n>|\b(?:<n>[ ,]+){2,}<n>/g, '<n>'],
];

/** Numbers that say why, and stay: 503 is another cause than 404, and 421 4.7.0 than 550 5.1.1. */
const CODES = [
  String.raw`[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3}`,
  String.raw`(?:https?[_ ]|HTTP\/\d(?:\.\d)? |status(?:[ _-]?code)?["']?(?: is| of|:|=| =)? ?|(?:answered|responded)(?: with)? )[1-5]\d\d`,
  String.raw`(?:exit(?:ed)?(?: with)?|(?:exit |return )?(?:code|status))(?: |: ?|=)\d{1,3}`,
  'SQLSTATE[ :[]{1,2}[0-9A-Z]{5}',
  String.raw`(?:ORA|SQL|PLS|TNS)-\d{4,5}`,
];
const CODE = new RegExp(String.raw`\b(${CODES.join('|')})\b(?![.\d])`, 'i');

/** Groups failures by cause. Pure; the same text gives the same answer in every process. `stack`: a trace of Node, Python or PHP. */
export function normaliseError(message: string, stack: string | null): NormalisedError {
  const line = firstLine(message);
  const frame = ownFrame(stack ?? (message.includes('\n') ? message : null));
  const title = scrub(line) || '(no message)';
  const fingerprint = createHash('sha256')
    .update([NORMALISER_VERSION, title, frame ?? ''].join('\u0001'))
    .digest()
    .subarray(0, 16);
  return { title, fingerprint, frame };
}

function scrub(line: string): string {
  // Split by a group: every second part is a code, and stays.
  const parts = line.slice(0, MOST_CHARS).split(CODE);
  const text = parts
    .map((part, i) => (i % 2 === 1 ? part : RULES.reduce((rest, [from, to]) => rest.replace(from, to), part)))
    .join('');
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, MOST_TITLE);
}

/** What a message of several lines says: of a Python traceback its last line, else the first that is not empty. */
function firstLine(message: string): string {
  const lines = message
    .slice(0, 16_384)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (/^Traceback \(most recent call last\)/.test(lines[0] ?? '')) return lines.at(-1) ?? '';
  return lines[0] ?? '';
}
