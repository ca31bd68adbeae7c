import type { Kept } from './keep-codes';
import { isKnownName, isMadeUp, isWordlike } from './word-shape';

/** What has a letter and a digit, with `-` and `_` within. Starts at no part of a longer one: time is linear. */
const TOKEN = /(?<![\w\u00C0-\u024F]|\w-)(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]+/g;
/** Things that have an id, which stands behind them. */
const THINGS =
  'order|request|req|session|booking|reservation|payment|charge|transaction|txn|invoice|customer|user|account|tenant|ticket|shipment|parcel|token|trace|span|correlation|subscription|sku|coupon|voucher|promo|upload|episode|run|id|ref|reference|bestellung|auftrag|rechnung|kunde|buchung|commande|facture|demande|pedido|factura|reserva|cliente|ordine|fattura|richiesta|bestelling';
const THINGS_ABROAD =
  'заказ|заказа|счёт|платёж|запрос|zamówienie|zamówienia|żądania|sipariş|订单|请求|用户|注文|주문|الطلب';
const NUMBER_OF = String.raw`(?:[ _-]?(?:id|no\.?|nr\.?|number|code))?["']?`;
const SLOT = new RegExp(
  String.raw`(?:^\[|[#№]|(?<![\p{L}\p{N}])(?:${THINGS}|${THINGS_ABROAD})(?:${NUMBER_OF}[ :=#№]{1,2})?)$`,
  'iu',
);
/** Letters alone where an id is expected: behind a thing, or alone in brackets. */
const LETTERS_END = String.raw`([a-z]{5,24})(?![\w\u00C0-\u024F<'-])`;
const LETTERS = new RegExp(`((?:${THINGS})${NUMBER_OF}[ :=#]{1,2})(?:[a-z]{1,5}_)?${LETTERS_END}`, 'gi');
const LETTERS_ABROAD = new RegExp(
  String.raw`((?:${THINGS_ABROAD})(?:${NUMBER_OF}[ :=#№]{1,2}|(?<=[\u3040-\uD7AF])))${LETTERS_END}`,
  'giu',
);
const BRACKETED = /(?<=^\[|\()([a-z]{5,24})(?=[)\]])/g;
const PREFIXED_LETTERS =
  /(?<!\w)(?:req|ch|cus|txn|evt|usr|ord|inv|tok|sess|acct|pi|re|sub|run|msg)_([a-z]{5,24})(?!\w)/g;
/** Letters in changing cases. */
const MIXED = /(?<![\w\u00C0-\u024F.])[A-Za-z]{0,20}[a-z][A-Z][A-Za-z]{4,20}(?![\w\u00C0-\u024F(.])/g;
const EDGES = /^([-_]*)(.*?)([-_]*)$/;
const UNITS = '(?:[numµ]?s|secs?|m|mins?|h|hrs?|d|days?|k|[kmgt]i?b|b|x|px|st|nd|rd|th|e\\d{1,3})';
const AMOUNT = new RegExp(String.raw`^\d+${UNITS}$`, 'i');
const DURATION = /^(?:\d+(?:ms|[dhms])){2,5}$/;
const HEX = /^(?:0x[0-9a-f]+|(?=[a-f]*\d)[0-9a-f]{8,80})$/i;
/** `40P01`, `0A000`, `XX000`, `HY000`: SQLSTATEs that have a letter. */
const SQLSTATE = /^(?:[0-5]\dP\d\d|[023][A-F][0P]\d\d|XX00\d|P000\d|HY[0-9T]\d\d|08S01)$/;
/** `E11000`, `P2002`, `TS2345`, `SQL0204N`: a code where a code is said, else an order number. */
const CODE = /^[A-Z]{1,8}\d{2,7}[A-Z]?$/;
/** In brackets a code must be one that is known: order numbers stand there, too. */
const KNOWN_CODE = /^(?:E11000|[PEF]\d{4}|(?:TS|CS|NU|MSB|SQL|AADSTS|PGRST)\d{2,7}[A-Z]?)$/;
const SAID_AS_CODE = /(?:^|^[[(]|(?:error|exception|failure|errno|code)["']?[ :=([]{1,3}["']?)$/i;
const CONSTANT = /^[A-Z]{2,}\d{0,3}(?:_[A-Z]{1,}\d{0,3}){2,}$/;
/** `A-4711-XB`, `INV-2026-0012`. */
const NUMBERED = /^[A-Z]{1,4}(?:-(?:\d+|[A-Z]{1,4})){1,5}$/;
/** `req_4881w2`, `ch_3NxKq2`. */
const PREFIXED = /^[a-z]{1,12}_(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{4,64}$/;

/** Ids of letters and digits become `<id>` or `<hex>`; names and codes that have a digit stay. */
export function foldTokens(text: string, kept: Kept): string {
  const fold = (token: string, at: number, whole: string) => {
    const [, lead = '', core = '', trail = ''] = EDGES.exec(token) ?? [];
    const folded = foldToken(core, at + lead.length, whole, kept);
    // Long ids of 64 signs begin and end with `-` and `_` now and then.
    if (folded === '<id>' && core.length >= 12) return folded;
    return `${lead}${folded ?? kept.keep(core)}${trail}`;
  };
  const folded = /\d/.test(text) ? text.replace(TOKEN, fold) : text;
  return foldLetters(folded);
}

/** By chance an id has no digit: one of 36 signs and six places in one of seven. */
function foldLetters(text: string): string {
  const fold = (all: string, before: string, letters: string) => (isWordlike(letters) ? all : `${before}<id>`);
  let rest = text.replace(LETTERS, fold);
  if (/[^\0-\xFF]/.test(rest)) rest = rest.replace(LETTERS_ABROAD, fold);
  if (rest.includes('_')) rest = rest.replace(PREFIXED_LETTERS, (all, letters) => (isWordlike(letters) ? all : '<id>'));
  if (/[([]/.test(rest)) rest = rest.replace(BRACKETED, (all, letters) => (isWordlike(letters) ? all : '<id>'));
  return rest.replace(MIXED, (letters) => (isMadeUp(letters) ? '<id>' : letters));
}

/** Null: it stays. */
function foldToken(token: string, at: number, text: string, kept: Kept): string | null {
  if (isKnownName(token) || SQLSTATE.test(token) || CONSTANT.test(token)) return null;
  if (HEX.test(token)) return '<hex>';
  if (AMOUNT.test(token)) return token;
  if (DURATION.test(token)) return '<n>';
  if (KNOWN_CODE.test(token)) return null;
  if (text[at - 1] === '(' && text[at + token.length] === ')') return '<id>';
  if (SLOT.test(text.slice(Math.max(0, at - 40), at))) return '<id>';
  if (CODE.test(token) && isSaidAsCode(text, at, token.length)) return null;
  if (NUMBERED.test(token) || PREFIXED.test(token)) return '<id>';
  return /[-_]/.test(token) ? foldParts(token, kept) : foldPart(token);
}

function isSaidAsCode(text: string, at: number, length: number): boolean {
  return text[at + length] === ':' || SAID_AS_CODE.test(text.slice(Math.max(0, at - 24), at));
}

/** Part by part; after one that is an id come others: `api-7d9f8b6c5-bcdfg` is a pod of `api`. */
function foldParts(token: string, kept: Kept): string {
  const parts = token.split(/([-_]+)/);
  for (const [i, part] of parts.entries()) {
    if (!/\d/.test(part)) continue;
    const folded = /^\d+$/.test(part) ? '<n>' : isKnownName(part) ? kept.keep(part) : foldPart(part);
    if (folded === '<id>') return `${namedBy(parts.slice(0, i))}<id>`;
    parts[i] = folded;
  }
  return parts.join('');
}

/** What stands before an id, as far as it is a name: numbers and other chance letters belong to the id. */
function namedBy(parts: string[]): string {
  while (parts.length > 0 && !/[A-Za-z]/.test(parts.at(-1)?.replace('<n>', '') ?? '')) parts.pop();
  if (!parts.every((part) => /^(?:[-_]+|[A-Z]?[a-z]*(?:<n>)?)$/.test(part) && isWordlike(part.replace(/[^a-z]/gi, ''))))
    return '';
  return parts.map((part, i) => (i === parts.length - 1 ? `${part}-` : part)).join('');
}

/** `shard7` is a word with a number; what changes between letters and digits more often, or begins with digits, is an id. */
function foldPart(part: string): string {
  const [, letters] = /^([A-Za-z]{3,})\d+$/.exec(part) ?? [];
  return letters && isWordlike(letters) ? `${letters}<n>` : '<id>';
}
