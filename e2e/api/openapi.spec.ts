import { type APIRequestContext, expect, test } from '@playwright/test';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as z from 'zod';
import { ROUTES, type VerbName } from '@/lib/contracts/routes';
import { API, addJob, firstSource, newQueue, readJson } from './support/api';

interface Content {
  content?: Record<string, { schema: Record<string, unknown> }>;
}
interface Operation {
  operationId: VerbName;
  summary: string;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: Content;
  responses: Record<string, Content>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

/** The schema of an answer as zod reads it: what the document keeps under `components` moves to `$defs`. */
function toSchema(document: Document, schema: Record<string, unknown>): z.ZodType {
  const whole = { ...schema, $defs: document.components?.schemas ?? {} };
  const text = JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/');
  return z.fromJSONSchema(JSON.parse(text));
}

const readDocument = async (request: APIRequestContext): Promise<Document> =>
  readJson<Document>(await request.get(`${API}/openapi.json`));

/** Bodies that the operations take; the others take none. */
const BODIES: Partial<Record<VerbName, unknown>> = {
  'job.add': { name: 'walked' },
  'job.cancel': { reason: 'walked' },
  'job.edit': { text: '{"walked":true}' },
  'job.prioritize': { priority: 2 },
  'job.reschedule': { delayMs: 3_600_000 },
  'job.progress': { progress: { done: 1, total: 2 } },
  'job.log': { lines: ['walked'] },
  'queue.clean': { state: 'failed' },
  'queue.set-concurrency': { concurrency: 2 },
  'queue.set-rate-limit': { max: 5, durationMs: 1000 },
  'queue.trim-events': { maxLength: 10 },
  'scheduler.preview': { pattern: '0 3 * * *' },
  'scheduler.put': { pattern: '0 3 * * *', template: { name: 'walked' } },
  'flow.retry': { reason: 'walked' },
  'flow.add': { source: 'default', flow: { queue: 'walked', name: 'walked' } },
  'view.create': { name: `walked ${Date.now()}`, q: 'state:failed' },
  'view.replace': { name: 'walked again', q: 'state:failed' },
  'failure.mute': { failures: 10 },
  'failure.merge': { groups: [2_147_483_647] },
  'failure.split': { groups: [2_147_483_647] },
  'failure.note': { note: 'walked' },
  'failure.operate': { action: 'retry', reason: 'walked' },
  'deploy.add': { version: '1.2.3' },
  'task.run': { input: { to: 'ada@example.com', name: 'Ada' }, options: { delayMs: 3_600_000 } },
};
const QUERIES: Partial<Record<VerbName, string>> = {
  'job.list': '?state=waiting',
  'job.suggest': '?q=sta&at=3',
  'job.export': '?limit=10',
  'metric.series': `?metric=completed,runP95&from=${new Date(Date.now() - 3_600_000).toISOString()}`,
  'metric.summary': `?from=${new Date(Date.now() - 3_600_000).toISOString()}`,
  'live.stream': '?topics=overview',
};

/** A path with every parameter filled by something that exists. */
async function fillPath(request: APIRequestContext, path: string): Promise<string> {
  const queue = await newQueue(request, 'walk');
  const { id, queue: name } = await addJob(request, queue, { name: 'walked', options: { delayMs: 3_600_000 } });
  await expect.poll(async () => (await request.get(queue)).status()).toBe(200);
  const values: Record<string, string> = {
    source: await firstSource(request),
    queue: name,
    job: id,
    task: 'send-welcome-email',
    operation: '00000000-0000-4000-8000-000000000000',
    view: '00000000-0000-4000-8000-000000000000',
    group: '2000000000',
  };
  return path.replace(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(values[key] ?? `missing-${key}`));
}

test('the document is valid OpenAPI 3.1', async ({ request }) => {
  const document = await readDocument(request);
  expect(document.openapi).toMatch(/^3\.1/);
  const result = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('the document and the table of routes name the same operations', async ({ request }) => {
  const { paths } = await readDocument(request);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => `${operation.operationId} ${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(
    Object.entries(ROUTES)
      .map(([name, route]) => `${name} ${route}`)
      .sort(),
  );
});

for (const name of Object.keys(ROUTES) as VerbName[])
  test(`${name} answers as it is described`, async ({ request, baseURL }) => {
    const document = await readDocument(request);
    const [path, method, operation] = find(document.paths, name);
    for (const { name: parameter } of (operation.parameters ?? []).filter((p) => p.in === 'path'))
      expect(path).toContain(`{${parameter}}`);
    const url = `${API}${await fillPath(request, path)}${QUERIES[name] ?? ''}`;
    if (name === 'live.stream') return walkStream(new URL(url, baseURL).href, operation);
    const response = await request.fetch(url, { method, ...(BODIES[name] ? { data: BODIES[name] } : {}) });
    const described = operation.responses[response.status()];
    expect(described, `${name} answered ${response.status()}: ${await response.text()}`).toBeDefined();
    expect(response.status()).not.toBe(500);
    const [type, media] = Object.entries(described?.content ?? {})[0] ?? [];
    if (!type || !media) return expect((await response.body()).length).toBe(0);
    expect(response.headers()['content-type']).toContain(type);
    if (/[/+]json$/.test(type)) toSchema(document, media.schema).parse(await response.json());
  });

test('what an operation does not take is refused on every one of them', async ({ request }) => {
  const { paths } = await readDocument(request);
  for (const name of Object.keys(ROUTES) as VerbName[]) {
    const [path, method] = find(paths, name);
    const url = `${API}${await fillPath(request, path)}${QUERIES[name] ?? ''}`;
    const odd = `${url}${url.includes('?') ? '&' : '?'}unheard-of=1`;
    const response = await request.fetch(odd, { method, ...(BODIES[name] ? { data: BODIES[name] } : {}) });
    expect(response.status(), `${name}: ${await response.text()}`).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ path: 'unheard-of' }] });
  }
});

function find(paths: Document['paths'], name: VerbName): [path: string, method: string, operation: Operation] {
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      if (operation.operationId === name) return [path, method.toUpperCase(), operation];
  throw new Error(`openapi.json does not describe ${name}`);
}

async function walkStream(url: string, operation: Operation): Promise<void> {
  const stop = new AbortController();
  const response = await fetch(url, { signal: stop.signal });
  expect(Object.keys(operation.responses)).toContain(String(response.status));
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const first = await response.body?.getReader().read();
  expect(first?.value?.length).toBeGreaterThan(0);
  stop.abort();
}
