const HALF = /[\ud800-\udfff]/u;

/** encodeURIComponent for any text: halves of surrogate pairs become the three bytes that they would be (and that UTF-8 forbids). */
export function percentEncode(text: string): string {
  if (!HALF.test(text)) return encodeURIComponent(text);
  let encoded = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0xd800 || code > 0xdfff) encoded += encodeURIComponent(char);
    else encoded += `%ED%${(0x80 | ((code >> 6) & 0x3f)).toString(16)}%${(0x80 | (code & 0x3f)).toString(16)}`;
  }
  return encoded;
}
