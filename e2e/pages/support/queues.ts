import { type APIRequestContext, expect } from '@playwright/test';

/** A queue of this spec's own, without a worker: nothing moves in it by itself. */
export async function newQueue(
  request: APIRequestContext,
  label: string,
  jobs: { name: string; data?: unknown; options?: object }[],
) {
  const queue = `${label}-${crypto.randomUUID().slice(0, 8)}`;
  const api = `/api/v1/queues/default/${queue}`;
  for (let from = 0; from < jobs.length; from += 1000) {
    const added = await request.post(`${api}/jobs`, { data: jobs.slice(from, from + 1000) });
    expect(added.ok(), await added.text()).toBe(true);
  }
  return { queue, api, page: `/queues/default/${queue}` };
}

export const many = (count: number, name: string, options: object = {}) =>
  Array.from({ length: count }, (_, at) => ({ name, data: { at }, options }));

/** How many jobs the queue holds in a state, as the broker says now. */
export async function countJobs(request: APIRequestContext, api: string, state: string): Promise<number> {
  return (await (await request.get(api)).json()).counts[state];
}
