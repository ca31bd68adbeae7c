'use client';

import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/client/call';
import { keys } from '@/lib/client/query-keys';
import type { FailureGroup, FailureGroups } from '@/lib/contracts/failures';
import type { Node } from '@/lib/contracts/query/ast';
import { findFault } from '@/lib/contracts/query/find-fault';
import { parseQuery } from '@/lib/contracts/query/parse';
import { printQuery } from '@/lib/contracts/query/print';
import type { FoundJob, FoundJobs } from '@/lib/contracts/search';

const MOST_JOBS = 5;
const MOST_GROUPS = 4;
/** Errors of a log that someone reads days later. */
const BACK_MS = 30 * 86_400_000;
/** Fewer letters are in too many errors to tell one. */
const SHORTEST_TEXT = 3;

/**
 * What a text could mean, quickly: a query as it is, anything else the id of a job and a part of an error. Both are answered from
 * indexes; any text in any field is for the page of jobs. Asks nothing for an empty text.
 */
export function useQuickFind(text: string): { jobs: FoundJob[]; groups: FailureGroup[] } {
  const query = readAsQuery(text);
  const q =
    query ??
    printQuery({ kind: 'term', field: 'id', path: null, values: [{ op: 'is', text, quoted: true }], at: [0, 0] });
  const jobs = useQuery<FoundJobs>({
    queryKey: keys.quickJobs(q),
    queryFn: ({ signal }) =>
      call('job.search', { q, limit: MOST_JOBS, offsetMinutes: -new Date().getTimezoneOffset() }, { signal }),
    enabled: text !== '',
    retry: false,
  });
  const groups = useQuery<FailureGroups>({
    queryKey: keys.quickFailures(text),
    queryFn: ({ signal }) =>
      call(
        'failure.list',
        { text, state: 'all', limit: MOST_GROUPS, from: new Date(Date.now() - BACK_MS).toISOString() },
        { signal },
      ),
    enabled: query === null && text.length >= SHORTEST_TEXT,
    retry: false,
  });
  return { jobs: jobs.data?.items ?? [], groups: groups.data?.items ?? [] };
}

/** The text as a query, where it asks for a field; null = it is only words. */
export function readAsQuery(text: string): string | null {
  const node = findFault(text) === null ? parseQuery(text) : null;
  return node && hasField(node) ? text : null;
}

/** The query by which the page of jobs finds it: words that are none as one text, so that nothing in them is taken for a rule. */
export function toQuery(text: string): string {
  return readAsQuery(text) ?? printQuery({ kind: 'text', text, at: [0, 0] });
}

function hasField(node: Node): boolean {
  if (node.kind === 'and' || node.kind === 'or') return node.items.some(hasField);
  if (node.kind === 'not') return hasField(node.item);
  return node.kind === 'term';
}
