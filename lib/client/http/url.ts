import { ROUTES, type VerbName } from '@/lib/contracts/routes';

export const API_ROOT = '/api/v1';

export type UrlInput = Record<string, unknown>;

/** Method and address of a verb: path parameters from `input`, everything else but `body` into the query. */
export function buildRequest(name: VerbName, input: UrlInput): { method: string; url: string } {
  const [method = '', template = ''] = ROUTES[name].split(' ');
  const rest = new Map(Object.entries(input).filter(([key, value]) => key !== 'body' && value !== undefined));
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams([...rest].map(([key, value]) => [key, String(value)])).toString();
  return { method, url: `${API_ROOT}${path}${query ? `?${query}` : ''}` };
}

/** Where the browser shows a queue. */
export function queueHref(source: string, queue: string, state?: string): string {
  const path = `/queues/${encodeURIComponent(source)}/${encodeURIComponent(queue)}`;
  return state ? `${path}?state=${state}` : path;
}

/** Where the browser shows a job. */
export function jobHref(source: string, queue: string, job: string): string {
  return `${queueHref(source, queue)}/jobs/${encodeURIComponent(job)}`;
}

/** Where the browser shows an operation. */
export function operationHref(operation: string): string {
  return `/operations/${encodeURIComponent(operation)}`;
}

/** Where the browser shows a queue over time. */
export function metricsHref(source: string, queue: string): string {
  return `${queueHref(source, queue)}/metrics`;
}

/** Where the browser shows a group of failures. */
export function groupHref(group: number): string {
  return `/failures/${group}`;
}

/** Where the browser shows the causes for which jobs of a queue failed within a day. */
export function queueFailuresHref(source: string, queue: string): string {
  return `/failures?${new URLSearchParams({ source, queue, range: '24h' })}`;
}

/** Where the browser shows what a query finds. */
export function searchHref(q: string): string {
  return `/jobs?q=${encodeURIComponent(q)}`;
}

/** The same among the jobs of one queue; without a query, what the queue's default view finds. */
export function queueSearchHref(source: string, queue: string, q?: string, sort?: string): string {
  const params = new URLSearchParams({ ...(q === undefined ? {} : { q }), ...(sort === undefined ? {} : { sort }) });
  return `${queueHref(source, queue)}/search${params.size > 0 ? `?${params}` : ''}`;
}

/** Where the browser shows a task; `source` where several have it. */
export function taskHref(task: string, source?: string): string {
  const path = `/tasks/${encodeURIComponent(task)}`;
  return source === undefined ? path : `${path}?source=${encodeURIComponent(source)}`;
}

/** Where the browser shows a source. */
export function sourceHref(source: string): string {
  return `/sources/${encodeURIComponent(source)}`;
}

/** Where the browser shows the flow that hangs from a job. */
export function flowHref(source: string, queue: string, job: string): string {
  return `/flows/${[source, queue, job].map(encodeURIComponent).join('/')}`;
}

/** A path parameter as Next hands it to a page (still encoded), decoded once. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
