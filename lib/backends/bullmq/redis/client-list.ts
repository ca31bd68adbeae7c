/** A worker's connection, as BullMQ names it: `<prefix>:<base64 of the queue>` and, for named workers, `:w:<name>`. */
export interface WorkerConnection {
  queue: string;
  /** Null for a worker without a name. */
  name: string | null;
  /** `host:port` of the worker's end. */
  address: string;
}

/**
 * Worker connections in a CLIENT LIST (0.5 MB at 2,000 clients: only lines that name the prefix are split). Null where the
 * server does not tell names (Memorystore answers one made-up entry).
 */
export function parseClientList(text: string, prefix: string): WorkerConnection[] | null {
  const mark = ` name=${prefix}:`;
  const found: WorkerConnection[] = [];
  if (!text.includes(' name=')) return null;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const end = text.indexOf(' ', at + 1);
    const connection = parseName(text.slice(at + mark.length, end === -1 ? undefined : end));
    if (connection) found.push({ ...connection, address: addressIn(text.slice(start, at)) });
  }
  return found;
}

function parseName(rest: string): { queue: string; name: string | null } | null {
  const colon = rest.indexOf(':');
  const encoded = colon === -1 ? rest : rest.slice(0, colon);
  const suffix = colon === -1 ? '' : rest.slice(colon);
  if (suffix !== '' && !suffix.startsWith(':w:')) return null;
  const queue = Buffer.from(encoded, 'base64').toString('utf8');
  // Not every name that begins with the prefix is BullMQ's.
  if (queue === '' || Buffer.from(queue).toString('base64') !== encoded) return null;
  return { queue, name: suffix === '' ? null : suffix.slice(':w:'.length) };
}

const addressIn = (line: string) => /(?:^| )addr=(\S+)/.exec(line)?.[1] ?? '';
