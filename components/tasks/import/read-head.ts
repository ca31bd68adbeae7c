/** The first lines of a file, to be recognised by. */
export async function readHead(file: Blob): Promise<string> {
  const text = await file.slice(0, 2_000).text();
  return text.split('\n').slice(0, 3).join('\n');
}

/** By the name's end; browsers do not agree on the types of these. */
export function toMedia(name: string): string {
  return /\.csv$/i.test(name) ? 'text/csv' : 'application/x-ndjson';
}
