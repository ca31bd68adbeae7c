/** A command for a POSIX shell that makes the same call. */
export function buildCurl(request: { method: string; url: string; body?: string | undefined }, origin: string): string {
  const parts = [`curl -X ${request.method} ${quote(origin + request.url)}`];
  if (request.body !== undefined) {
    parts.push(`-H 'content-type: application/json'`);
    parts.push(`-d ${quote(request.body)}`);
  }
  return parts.join(' \\\n  ');
}

/** Single quotes hold everything but themselves. */
const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
