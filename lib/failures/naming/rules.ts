import { MARK } from './keep-codes';

export interface Rule {
  /** Without it in the text nothing fits: most texts are spared most rules. */
  needs: string | RegExp;
  pattern: RegExp;
  to: string | ((found: string) => string);
}

const DIGIT = /\d/;
const QUOTE = /['"`«„“「『‘]/;
const CLOCK = String.raw`\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?`;
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
/** Endings of hosts; of those with two letters what is no field or file of a program (`user.id`, `index.ts`). */
const TOP =
  'com|org|net|dev|app|info|cloud|local|internal|lan|example|test|invalid|svc|io|ai|co|de|fr|es|it|pl|nl|uk|us|eu|ch|at|be|br|cn|jp|kr|ru|in|au|ca|se|dk|fi|cz|pt|tr|mx|za';

/** A value that is quoted; codes within stay. */
const fold = (quoted: string) => ['<value>', ...(quoted.match(MARK) ?? [])].join(' ');

/** What contains others comes before them. No pattern repeats within a repetition: time is linear in the text. */
export const ADDRESSES: readonly Rule[] = [
  { needs: '://', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s'"`<>()[\]{},]+/gi, to: '<url>' },
  {
    needs: '@',
    pattern: /[\p{L}\p{N}_.+-]{1,64}@[\p{L}\p{N}_-]{1,63}(?:\.[\p{L}\p{N}_-]{1,63}){1,5}/gu,
    to: '<email>',
  },
  { needs: 'arn:', pattern: /\barn:[a-z-]{2,12}:[\w:/.*+=,@-]{1,300}/g, to: '<id>' },
];

export const VALUES: readonly Rule[] = [
  {
    needs: DIGIT,
    pattern: new RegExp(String.raw`(?<!\d)\d{4}([-/.])\d\d\1\d\d(?:[T ]${CLOCK})?(?:Z|[+-]\d\d:?\d\d)?(?!\d)`, 'g'),
    to: '<time>',
  },
  {
    needs: DIGIT,
    pattern:
      /\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? \d{1,2} [a-z]{3,9} \d{4}(?: \d\d:\d\d:\d\d)?(?: GMT| UTC| [+-]\d{4})?/gi,
    to: '<time>',
  },
  {
    needs: DIGIT,
    pattern: new RegExp(String.raw`\b\d{1,2}(?:([./])\d{1,2}\1|-${MONTH}-)\d{4}(?:,? ${CLOCK})?\b`, 'g'),
    to: '<time>',
  },
  {
    needs: DIGIT,
    pattern: new RegExp(String.raw`\b${MONTH} {1,2}\d{1,2}(?:, \d{4}|(?= \d\d:))(?: ${CLOCK})?\b`, 'g'),
    to: '<time>',
  },
  { needs: DIGIT, pattern: /\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\b/g, to: '<time>' },
  { needs: DIGIT, pattern: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, to: '<id>' },
  {
    needs: QUOTE,
    // An apostrophe within a word opens nothing, and closes nothing.
    pattern: /(?<![\p{L}\p{N}])'(?:[^'\\\n]|\\.|(?<=\p{L})'(?=\p{L})){0,300}'(?!\p{L})/gu,
    to: fold,
  },
  { needs: QUOTE, pattern: /"(?:[^"\\\n]|\\.){0,300}"|`[^`'\n]{0,300}[`']/g, to: fold },
  { needs: QUOTE, pattern: /[«„“「『‘][^«»„“”「」『』‘’\n]{0,300}[»“”」』’]/g, to: fold },
  {
    needs: '/',
    pattern:
      /(?<![\p{L}\p{N}_./-])(?:[\p{L}\p{N}_.@-]{1,64}\/){1,30}[\p{L}\p{N}_@-]{1,128}(?:\.[a-z0-9]{1,8}){1,2}(?![\p{L}\p{N}/])/giu,
    to: '<path>',
  },
  { needs: '.', pattern: /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g, to: '<host>' },
  { needs: ':', pattern: /(?<![\w:])\[?(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,8}\]?(?::\d{1,5})?/gi, to: '<host>' },
  { needs: '::', pattern: /(?<![\w:.])\[?::1\]?(?::\d{1,5})?(?!\w)/g, to: '<host>' },
  { needs: 'localhost', pattern: /\blocalhost(?::\d{1,5})?\b/gi, to: '<host>' },
  {
    needs: '.',
    pattern: new RegExp(String.raw`\b(?:[a-z0-9-]{1,63}\.){1,6}(?:${TOP})(?::\d{1,5})?(?![\w.(])`, 'g'),
    to: '<host>',
  },
  { needs: ':', pattern: /\b(?=[a-z0-9.-]{0,100}[a-z])[a-z0-9][a-z0-9.-]{0,100}:\d{2,5}\b/gi, to: '<host>' },
  {
    needs: /[\\/]/,
    pattern: /(?<![\p{L}\p{N}_<.])(?:[a-z]:)?(?:[\\/][\p{L}\p{N}_.@~+%-]{1,128}){2,30}[\\/]?/giu,
    to: '<path>',
  },
  { needs: '/', pattern: /(?<![\w<./])~?\/[\p{L}\p{N}_.@~+%-]{1,128}\.[a-z0-9]{1,6}\b/giu, to: '<path>' },
  { needs: '@', pattern: /@[0-9a-f]{4,16}\b/g, to: '@<hex>' },
  {
    needs: DIGIT,
    pattern: /(?<![\w+/])(?=[A-Za-z+/]*\d)(?=[a-z\d+/]*[A-Z])(?=[A-Z\d+/]*[a-z])[\w+/]{24,512}={0,2}/g,
    to: '<id>',
  },
  { needs: DIGIT, pattern: /\bv\d+(?:\.\d+){1,3}(?:-[a-z]+(?:\.\d+)?)?\b/g, to: 'v<n>' },
];

const ATTACHED = '(?:[numµ]?s|secs?|m|mins?|h|hrs?|d|days?|k|[kmgt]i?b|b|x|px|%)?';

/** After the ids: what has only digits. */
export const NUMBERS: readonly Rule[] = [
  { needs: '+', pattern: /\+\d[\d ()./-]{6,18}\d/g, to: '<n>' },
  { needs: /[^\0-\x7f]/, pattern: /[\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\u09E6-\u09EF\uFF10-\uFF19]+/g, to: '<n>' },
  {
    needs: DIGIT,
    pattern: new RegExp(String.raw`(?<![\w.])[+-]?\d(?:[\d,._]*\d)?(?:e[+-]?\d{1,3})?${ATTACHED}(?!\w)`, 'gi'),
    to: '<n>',
  },
  { needs: DIGIT, pattern: /(?<=[\p{L}_#№-])\d+(?!\w)/gu, to: '<n>' },
  { needs: '<n>', pattern: /[#№] ?<n>|(?<!\w)(?:<n>[ ,]+){2,}<n>/g, to: '<n>' },
];

export function applyRules(text: string, rules: readonly Rule[]): string {
  let rest = text;
  for (const { needs, pattern, to } of rules) {
    if (typeof needs === 'string' ? !rest.includes(needs) : !needs.test(rest)) continue;
    rest = typeof to === 'string' ? rest.replace(pattern, to) : rest.replace(pattern, to);
  }
  return rest;
}
