/**
 * Pairs of letters that words have, by their first: those in at least one of 600 words of English, German, French, Spanish, Polish … texts
 * and of programs. Of six letters by chance one in fifteen has no other pair.
 */
const FOLLOWS =
  'bcdfgiklmnprstuvwxy aeijlorsuy acehiklorstuy abcdefgijlmnoprstuy abcdefghijklmnopqrstuvwxy aefilorstuy aeghilnorstu aeimorstuy abcdefglmnoprstvxz eos aeilnors acdefiklmoprstuvy abeilmopsu abcdefghijklmnopqrstuvy abcdefgijklmnoprstuvwxy aehiloprstuy u abcdefgiklmnoprstuvwy abcdefhiklmnopqrstuwy abcdefghijlmnopqrstuwy abcdefgilmnprst aei aehilnors ceipt acdeilmnopst ei'.split(
    ' ',
  );
const A = 97;
/** One bit for each letter that may follow. */
const PAIRS = FOLLOWS.map((letters) =>
  [...letters].reduce((bits, letter) => bits | (1 << (letter.charCodeAt(0) - A)), 0),
);

/** Do these letters of ASCII read like (a part of) a word? */
export function isWordlike(text: string): boolean {
  const letters = text.toLowerCase();
  for (let at = 0; at + 1 < letters.length; at += 1)
    if (!(((PAIRS[letters.charCodeAt(at) - A] ?? 0) >> (letters.charCodeAt(at + 1) - A)) & 1)) return false;
  return true;
}

const NAMES = [
  String.raw`v\d{1,2}|[hx]2|h26[45]|av1|vp[89]|mp[1-5]|m4[av]|mpeg[124]|(?:tls|ssl)v?[123]|http[123]s?|socks[45]|ipv?[46]|inet[46]|pop3|imap4|wap2?`,
  String.raw`(?:utf|ucs)(?:7|8|16|32)(?:mb[34]|le|be)?|latin\d|iso\d{4,5}|cp\d{3,4}|base(?:16|32|36|58|62|64)(?:url)?|html[45]|css[23]|json5|es(?:[567]|20\d\d)`,
  String.raw`md[245]|sha(?:[123]|224|256|384|512)|crc(?:8|16|32|64)|[rhep]s(?:256|384|512)|aes(?:128|192|256)|rsa\d{3,4}|x509|x25519|ed25519|[ps]256(?:k1)?|oauth[12]|fido2|u2f|2fa|3ds2?|3des|argon2(?:id?)?|scrypt|pbkdf2`,
  's3[an]?|ec2|k[38]s|i18n|l10n|a11y|[om]365|log4(?:j2?|net|js)|slf4j|neo4j|db2|d3|v8|web3|b2[bc]|p2p|e2e|m2m|c2c|lz4|bz2|bzip2|(?:un)?7z(?:ip)?|x86|x64|arm64|amd64|win(?:32|64)',
  String.raw`u?int(?:2|4|8|16|32|64|128)|float(?:4|8|16|32|64)|[uif](?:8|16|32|64)|python[23]?|py[23]\d?|php[578]|urllib[23]|boto3?|psycopg[23]|jinja2|sqlite3|mysql2|pg8000|libxml2|[1-5]xx|e2big|o2`,
];
const NAME = new RegExp(`^(?:${NAMES.join('|')})$`, 'i');
/** `UTF-8`, `SHA-256`, `ISO-8859-1`: names that are written with a hyphen, too. */
const HYPHENATED =
  /^(?:utf|sha|x|md|http|aes|rsa|base|ecma|es|ipv?)-\d{1,4}$|^(?:iso|cp|windows|ibm)-\d{3,5}(?:-\d{1,2})?$|^x86_64$|^(?:rfc|cve|cwe)-\d/i;
/** `Http2Session`, `EC2InstanceGone`: a name with a short number within, before a word. */
const CAMEL = /^([A-Za-z]{1,20})\d{1,3}((?:[A-Z][a-z]{3,20}){1,6})$/;

/** Names that have a digit and mean what they say: `utf8mb4`, `S3`, `OAuth2`, `k8s`, `Http2Session`. */
export function isKnownName(token: string): boolean {
  if (NAME.test(token) || HYPHENATED.test(token)) return true;
  const [, head = '', tail = ''] = CAMEL.exec(token) ?? [];
  return tail !== '' && isWordlike(head) && humpsOf(tail).every(isWordlike);
}

/** `XMLHttpRequest`: XML, Http, Request. */
const humpsOf = (name: string): string[] => name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];

/** Letters in cases that change as those of no name do: `BOgBJWOSjlF`. */
export function isMadeUp(letters: string): boolean {
  const humps = humpsOf(letters);
  return (
    humps.length >= 3 && letters.length < humps.length * 4.5 && humps.filter((hump) => !isWordlike(hump)).length >= 2
  );
}
