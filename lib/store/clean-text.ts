const NUL = String.fromCharCode(0);

/** PostgreSQL's text holds no NUL; what others may have written does. */
export function cleanText<T extends string | null>(text: T): T {
  return (text?.includes(NUL) ? text.replaceAll(NUL, '\ufffd') : text) as T;
}
