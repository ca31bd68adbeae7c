import { randomBytes } from 'node:crypto';
import { type APIRequestContext, type APIResponse, expect } from '@playwright/test';
import { ERRORS, type ErrorCode, type Problem } from '@/lib/contracts/errors';
import type { Enqueued, Job } from '@/lib/contracts/jobs';
import type { SourceList } from '@/lib/contracts/sources';
import type { JobState } from '@/lib/contracts/states';

export const API = '/api/v1';

/** A queue of the spec's own: specs run side by side on one stack. */
export const newQueueName = (label: string): string => `spec-${label}-${randomBytes(4).toString('hex')}`;

export async function firstSource(request: APIRequestContext): Promise<string> {
  const { items } = await readJson<SourceList>(await request.get(`${API}/sources`));
  const name = items[0]?.name;
  if (name === undefined) throw new Error('the stack has no source');
  return name;
}

export const queueUrl = (source: string, queue: string): string =>
  `${API}/queues/${encodeURIComponent(source)}/${encodeURIComponent(queue)}`;

/** The path of a new queue on the stack's first source. */
export async function newQueue(request: APIRequestContext, label: string): Promise<string> {
  return queueUrl(await firstSource(request), newQueueName(label));
}

/** The body of an answer that must be a 2xx. */
export async function readJson<T>(response: APIResponse): Promise<T> {
  expect(response.ok(), `${response.url()} answered ${response.status()}: ${await response.text()}`).toBe(true);
  return (await response.json()) as T;
}

/** Holds an error to RFC 9457 and to the table of codes. */
export async function expectProblem(response: APIResponse, code: ErrorCode): Promise<Problem> {
  const [status, title] = ERRORS[code];
  const text = await response.text();
  expect(response.status(), text).toBe(status);
  expect(response.headers()['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(text) as Problem;
  expect(problem).toMatchObject({ status, title, code });
  expect(problem.type).toContain(code);
  expect(problem.detail).not.toBe('');
  return problem;
}

/** A 422 that names exactly these fields. */
export async function expectInvalid(response: APIResponse, ...paths: string[]): Promise<Problem> {
  const problem = await expectProblem(response, 'validation_failed');
  expect(problem.errors?.map((error) => error.path).sort()).toEqual([...paths].sort());
  return problem;
}

export async function addJob(request: APIRequestContext, queue: string, job: object): Promise<Enqueued> {
  return readJson<Enqueued>(await request.post(`${queue}/jobs`, { data: job }));
}

/** Asks until the job is in that state. */
export async function waitForState(request: APIRequestContext, jobUrl: string, state: JobState): Promise<Job> {
  const get = async () => (await (await request.get(jobUrl)).json()) as Job;
  await expect.poll(async () => (await get()).state, { timeout: 20_000 }).toBe(state);
  return get();
}
