import type { JobFilter } from '@/lib/contracts/operations';

/** The choice in one sentence, without the queue: `failed jobs called mail, with "timeout" in the error`. */
export function describeFilter(filter: JobFilter): string {
  const { states, names, timeField, from, to, error, data, q, ids } = filter;
  const which = states && states.length < 7 ? `${joinOr(states)} jobs` : 'jobs';
  const parts = [ids ? `${which} among ${ids.length.toLocaleString('en-GB')} chosen ones` : which];
  if (names) parts.push(`called ${joinOr(names.slice(0, 5))}${names.length > 5 ? ` or ${names.length - 5} more` : ''}`);
  if (from !== undefined || to !== undefined)
    parts.push(`${timeField}${from ? ` from ${from}` : ''}${to ? ` until ${to}` : ''}`);
  if (error !== undefined) parts.push(`with "${error}" in the error`);
  if (q !== undefined) parts.push(`that fit ${q}`);
  for (const { path, value } of data ?? []) parts.push(`with ${path} = ${JSON.stringify(value)}`);
  return parts.join(', ');
}

function joinOr(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
