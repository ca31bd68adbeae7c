/**
 * Names, ids and texts of others may hold what nobody sees: control characters, marks that turn the direction of what follows, spaces
 * of no width. Here they become what they are, by their number. What is ordinary stays: letters of every script, emoji, and in texts of
 * several lines the breaks and tabs.
 */

/** All that is not seen, or is no plain space; halves of surrogate pairs and private characters among it. */
const ODD = /(?! )[\p{Cc}\p{Cs}\p{Co}\p{Z}\p{DI}\p{NChar}\u2800\ufff9-\ufffb]/u;
/** Spaces of ordinary typography, which long texts are full of; in a name they pass for another one. */
const TEXT_SPACE = /[\n\t\u00a0\u202f\u3000]/;
/** Invisible characters where they belong: emoji and their sequences, flags, joiners between letters, variants of ideographs. */
const JOINED =
  '[\\p{Script=Arabic}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{M}]';
const ORDINARY = [
  '\u{1f3f4}[\u{e0061}-\u{e007a}]{2,6}\u{e007f}',
  '\\p{ExtPict}[\ufe0f\\p{EMod}]?(?:\u200d\\p{ExtPict}[\ufe0f\\p{EMod}]?)+',
  '[0-9#*]\ufe0f?\u20e3',
  '(?![0-9#*])\\p{Emoji}[\ufe0e\ufe0f]',
  '\\p{Ideographic}[\ufe00-\ufe02\u{e0100}-\u{e01ef}]',
  `(?<=${JOINED})[\u200c\u200d](?=${JOINED})`,
].join('|');
const ODD_OR_ORDINARY = new RegExp(`(${ORDINARY})|(${ODD.source})\\2*`, 'gu');
/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const PLAIN = /^[ -~]*$/;
/** Of one text: what has more of them is no text, and each is an element of the page. */
const MOST_MARKS = 500;

export interface Mark {
  /** `U+202E`, or `U+200B ×12` where it stands many times in a row. */
  code: string;
  /** What kind of character it is, for whoever does not know its number. */
  what: string;
}

/** Does it need more than to be written: marks, or room of its own because it runs from right to left? */
export const isPlain = (text: string): boolean => PLAIN.test(text) || !(ODD.test(text) || RIGHT_TO_LEFT.test(text));

/** The text in parts, with a mark for each odd character. `lines`: breaks, tabs and ordinary spaces stay. */
export function splitVisible(text: string, lines: boolean): (string | Mark)[] {
  const parts: (string | Mark)[] = [];
  let from = 0;
  let marks = 0;
  for (const { 0: found, 1: ordinary, 2: odd = '', index } of text.matchAll(ODD_OR_ORDINARY)) {
    if (ordinary !== undefined || (lines && TEXT_SPACE.test(odd))) continue;
    // A break of two characters is one break.
    if (lines && found === '\r' && text[index + 1] === '\n') continue;
    if (marks === MOST_MARKS) break;
    marks += 1;
    if (index > from) parts.push(text.slice(from, index));
    parts.push(toMark(odd, found.length / odd.length));
    from = index + found.length;
  }
  const rest = text.slice(from);
  if (rest !== '') parts.push(marks === MOST_MARKS ? escapeAll(rest, lines) : rest);
  return parts;
}

/** The same where nothing can be styled, as in the title of an element or of the page: `⟨U+202E⟩`. */
export function toVisible(text: string, lines = false): string {
  return PLAIN.test(text) || !ODD.test(text) ? text : escapeAll(text, lines);
}

function escapeAll(text: string, lines: boolean): string {
  return text.replace(ODD_OR_ORDINARY, (found: string, ordinary: string | undefined, odd = '') =>
    ordinary !== undefined || (lines && (TEXT_SPACE.test(odd) || odd === '\r'))
      ? found
      : `⟨${codeOf(odd, found.length / odd.length)}⟩`,
  );
}

const toMark = (char: string, times: number): Mark => ({ code: codeOf(char, times), what: kindOf(char) });

const hexOf = (char: string) => (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
const codeOf = (char: string, times: number) => `U+${hexOf(char)}${times > 1 ? ` ×${times}` : ''}`;

const NAMES: Record<string, string> = { '0000': 'NUL', '0009': 'tab', '000A': 'line break', FEFF: 'byte order mark' };

function kindOf(char: string): string {
  const name = NAMES[hexOf(char)];
  if (name) return name;
  if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(char)) return 'turns the direction of the text';
  if (/\p{Cc}/u.test(char)) return 'control character';
  return /\p{Z}/u.test(char) ? 'not the plain space' : 'not seen';
}
