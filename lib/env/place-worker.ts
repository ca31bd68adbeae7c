import type { EnvProblem, SourceConfig } from '@/lib/env';

/** What the launcher calls the broker that it brings where none is configured. */
export const EMBEDDED_SOURCE = 'default';

/**
 * The sources with their `worker` as QUEUEDECK_WORKER has it: unset leaves what their entries say, `0` means nowhere, `1` the only
 * source, and names (separated by commas) add to the entries that say `"worker": true`. No sources: the embedded one is meant.
 */
export function placeWorker(sources: SourceConfig[], text: string | undefined, problems: EnvProblem[]): SourceConfig[] {
  const wish = text?.trim();
  if (wish === undefined) return sources;
  if (wish === '0') return sources.map((source) => ({ ...source, worker: false }));
  const known = sources.length > 0 ? sources.map(({ name }) => name) : [EMBEDDED_SOURCE];
  const given = wish === '1' && known.length === 1 ? known : splitNames(wish);
  const unknown = given.filter((name) => !known.includes(name));
  const message = describeFault(wish, known, given, unknown);
  // Sources that could not be read have their own problems: names cannot be held against them.
  if (message !== null && !problems.some(({ path }) => path.startsWith('QUEUEDECK_SOURCES') || path === 'REDIS_URL'))
    problems.push({ path: 'QUEUEDECK_WORKER', message });
  return sources.map((source) => ({ ...source, worker: source.worker || given.includes(source.name) }));
}

const splitNames = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);

function describeFault(wish: string, known: string[], given: string[], unknown: string[]): string | null {
  if (given.length === 0) return `names no source; there is ${known.join(', ')}`;
  if (unknown.length === 0) return null;
  if (wish === '1')
    return `1 means the only source, and there are ${known.length}: name those meant (${known.join(', ')})`;
  return `names ${unknown.map((name) => `"${name}"`).join(', ')}, which is no source; there is ${known.join(', ')}`;
}
