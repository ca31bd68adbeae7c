/** Marks stand for what is kept while the rest is folded: control characters that no text has, and of one byte, as most texts are. */
const FIRST_MARK = 0x80;
const MOST_KEPT = 32;
export const MARK = /[\x80-\x9F]/g;

const END = String.raw`(?![\w.]?\d|\w)`;
/** What says that a code follows, in ten tongues: it says why, whatever it looks like. */
const CODE_WORD =
  "(?:(?:error|err|exit|return|response|result|reason|fault|sql|state|status)[ _-]?)?code|errno|hresult|(?:fehler|fout)code|code d['’]erreur|codice(?: di errore)?|hata kodu";
const CODE_WORD_ABROAD =
  'código(?: de error?)?|код(?: ошибки)?|kod błędu|错误码|错误代码|状态码|エラーコード|오류 코드';
/** "Error": a number after it is a code where it stands alone, and a count where a word follows. */
const ERROR_WORD = 'error|fehler|erreur|errore|erro|hata|fout|msg|signal';
const ERROR_WORD_ABROAD = 'ошибка|błąd|错误|エラー|오류';
const VALUE = String.raw`["']?\s{0,2}[:=#]?\s{0,2}["'([]?-?(?:0x[0-9a-f]{8}|\d{1,7})${END}`;
const ALONE = String.raw`[ #([]{0,2}(?:[45]\d\d|\d{1,5}(?= ?(?:[:,;)(\]：，。–]|$)))${END}`;
/** Words that go on after a status; another one says what was counted: "returned 404 rows". */
const GOES_ON =
  '(?! (?!(?:for|from|on|at|after|when|while|during|in|to|by|with|and|but|because|instead|response|status|error|via)\\b)[a-z])';

/** Numbers after what says that they are codes. The words come first, and what stands before them is looked at after: few of them are met. */
const SAID = [
  String.raw`(?:https?[_ ]|HTTP\/\d(?:\.\d)? |status(?:[ _-]?code)?["']?(?: is| of|:|=| =)? ?)[1-5]\d\d${END}`,
  String.raw`(?:answered|responded|replied|returned|received|got)(?: with)?(?: an?)? (?:http |status |error |code )?[1-5]\d\d${END}${GOES_ON}`,
  String.raw`(?:exit(?:ed)?(?: with)?|(?:exit |return )?(?:code|status))(?: |: ?|=)\d{1,3}${END}`,
  String.raw`SQLSTATE[ :=[]{1,2}[0-9A-Z]{5}(?:\]? ?\[\d{1,5}(?=\]))?`,
  String.raw`(?:ORA|SQL|PLS|TNS|IMP|RMAN)-\d{4,5}${END}`,
  String.raw`HTTP\/\d(?:\.\d)?(?!\w)`,
  `(?:${CODE_WORD})${VALUE}`,
  `(?:${ERROR_WORD})${ALONE}`,
];
const SAID_NUMBER = new RegExp(SAID.join('|'), 'gi');
const SAID_ABROAD = new RegExp(`(?:${CODE_WORD_ABROAD})${VALUE}|(?:${ERROR_WORD_ABROAD})${ALONE}`, 'giu');
/** Numbers that are codes by what they look like, or by where they stand. */
const BARE_NUMBER = new RegExp(
  [
    String.raw`(?<![\w.])[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3}${END}`,
    String.raw`(?<=^|: |[([\x60"'])[45]\d\d(?= \(?[A-Z{]|\))`,
    String.raw`^\(\d{4}(?=, ["'])`,
    String.raw`\b0x(?:8[0-9A-Fa-f]{7}|C0000[0-9A-Fa-f]{3})\b`,
  ].join('|'),
  'g',
);
const INNER = /[\p{L}\p{N}_]$/u;
/** Codes that are given to people, or to places: they differ from one occurrence to the next. */
const NO_REASON =
  /(?:promo|promotion|coupon|discount|voucher|gift|verification|security|access|activation|confirmation|reset|invite|invitation|referral|zip|post|postal|country|area|currency|product|item|booking|tracking|bar|qr|otp|pin|sms|one-time)[ _-]?$/i;

/** `"code":"rate_limit_exceeded"`, `reason: 'NOT_FOUND'`: a word that is given as the reason stays, though it is quoted. */
const WORD =
  /(?<!\w)["']?(?:(?:error|err|fault|exception|__)[ _-]?)?(?:code|type|reason|error|status|errno|kind)["']?\s{0,2}[:=]\s{0,2}(["'])(?:[A-Z]{1,6}\d{2,6}|[a-z][a-z_./-]{1,63})\1/gi;

/** What stays, in the order in which it was taken out. */
export class Kept {
  readonly #texts: string[] = [];

  /** The mark that stands for it; once there are too many, the text itself. */
  keep(text: string): string {
    if (this.#texts.length >= MOST_KEPT) return text;
    this.#texts.push(text);
    return String.fromCharCode(FIRST_MARK + this.#texts.length - 1);
  }

  putBack(text: string): string {
    return this.#texts.length === 0
      ? text
      : text.replace(MARK, (mark) => this.#texts[mark.charCodeAt(0) - FIRST_MARK] ?? '');
  }
}

/** Leaves a mark for each code that says why. */
export function keepCodes(text: string, kept: Kept): string {
  const keep = (code: string) => kept.keep(code);
  const keepSaid = (said: string, ...found: unknown[]) => (isSaid(found) ? kept.keep(said) : said);
  const worded = /["']/.test(text) ? text.replace(WORD, keepSaid) : text;
  if (!/\d/.test(worded)) return worded;
  const said = worded.replace(SAID_NUMBER, keepSaid);
  return (/[^\0-\xff]/.test(said) ? said.replace(SAID_ABROAD, keep) : said).replace(BARE_NUMBER, keep);
}

/** `found`: what a replacer is given after the match. */
function isSaid(found: unknown[]): boolean {
  const at = found.at(-2) as number;
  if (at === 0) return true;
  const before = (found.at(-1) as string).slice(Math.max(0, at - 16), at);
  return !INNER.test(before) && !NO_REASON.test(before);
}
