import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { readSeenJob, showOutcome } from '@/components/jobs/show-outcome';
import { applyJobFrame } from '@/lib/client/live/apply-job-frame';
import { keys } from '@/lib/client/query-keys';
import type { JobList } from '@/lib/contracts/jobs';

const address = { source: 'a', queue: 'q', job: '1' };
const key = keys.jobList('a', 'q', 'failed', null);
const put = { done: 'Put back', state: 'waiting' as const, note: null, binEntry: null };
const makeClient = () => {
  const client = new QueryClient();
  client.setQueryData(key, { items: [{ id: '1', state: 'failed' }], nextCursor: null });
  return client;
};
const state = (client: QueryClient) => client.getQueryData<JobList>(key)?.items[0]?.state;

it('shows the answer where no frame came', () => {
  const client = makeClient();
  showOutcome(client, address, put, readSeenJob(client, address));
  expect(state(client)).toBe('waiting');
});

it('leaves alone what frames told before the answer came', () => {
  const client = makeClient();
  const before = readSeenJob(client, address);
  const frame = {
    source: 'a',
    queue: 'q',
    id: '1',
    at: '2026-11-22T13:44:10.000Z',
    type: 'state' as const,
    name: null,
    error: null,
  };
  for (const next of ['waiting', 'active', 'completed'] as const) applyJobFrame(client, { ...frame, state: next });
  showOutcome(client, address, put, before);
  expect(state(client)).toBe('completed');
});
