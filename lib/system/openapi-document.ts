import {
  extendZodWithOpenApi,
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
} from '@asteasolutions/zod-to-openapi';
import * as z from 'zod';
import { ENDPOINTS, type Endpoint, methodAndPath } from '@/lib/contracts/endpoints';
import { ERRORS, type ErrorCode } from '@/lib/contracts/errors';
import { BIN_ENTRY_HEADER } from '@/lib/contracts/headers';
import { ROUTES, type VerbName } from '@/lib/contracts/routes';

extendZodWithOpenApi(z);

/** What streams instead of answering JSON. */
const OTHER_CONTENT: Partial<Record<VerbName, string>> = {
  'live.stream': 'text/event-stream',
  'job.file': 'application/octet-stream',
  'job.export': 'application/x-ndjson',
  'metric.prometheus': 'text/plain',
};

/** What is read in turns, or counted by caller: 429 with Retry-After. */
const IN_TURN: ReadonlySet<VerbName> = new Set<VerbName>([
  'job.search',
  'job.suggest',
  'job.export',
  'job.compare',
  'flow.list',
  'failure.list',
  'failure.get',
  'failure.differs',
  'failure.operate',
  'metric.series',
  'metric.summary',
  'metric.prometheus',
  'operation.preview',
  'operation.create',
  'bin.list',
  'live.stream',
]);
const BIN_ENTRY = {
  [BIN_ENTRY_HEADER]: {
    description: 'The entry of the recycle bin that holds the job, for POST /bin/restore. Absent where none does.',
    schema: { type: 'string' as const },
  },
};

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds until it may be asked again.', schema: { type: 'integer' } },
} as const;

const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    state: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

let built: Record<string, unknown> | null = null;

/** OpenAPI 3.1, generated from the contracts that the routes parse with. */
export function buildOpenApi(): Record<string, unknown> {
  built ??= generate();
  return built;
}

function generate(): Record<string, unknown> {
  const registry = new OpenAPIRegistry();
  for (const name of Object.keys(ROUTES) as VerbName[]) register(registry, name, ENDPOINTS[name]);
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Queuedeck',
      version: '1',
      description:
        'Enqueue jobs and look into queues. Lists are keyset pages; times are taken as RFC 3339 has them, of the years 1970 to 9999, and given in UTC with milliseconds; durations end in Ms; JSON may be nested 200 levels deep; errors are application/problem+json. Heavy reads (search, figures, failures, exports) take turns, two at once of one caller: 429 says when to ask again. A body must have come within 30 s.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api/v1' }],
    tags: [...new Set(Object.keys(ROUTES).map((name) => tagOf(name)))].map((name) => ({ name })),
  });
  return document as unknown as Record<string, unknown>;
}

const tagOf = (name: string) => name.split('.')[0] ?? name;

function register(registry: OpenAPIRegistry, name: VerbName, endpoint: Endpoint): void {
  const [method, path] = methodAndPath(name);
  const { params, query } = splitInput(endpoint.input as z.ZodObject, path);
  registry.registerPath({
    method: method.toLowerCase() as 'get' | 'post' | 'delete',
    path,
    operationId: name,
    summary: endpoint.summary,
    tags: [tagOf(name)],
    request: {
      params,
      query,
      ...(endpoint.idempotent ? { headers: IdempotencyHeader } : {}),
      ...(endpoint.media ? { body: { required: true, content: filesOf(endpoint.media) } } : {}),
      ...(endpoint.body
        ? {
            body: {
              required: !endpoint.body.safeParse(undefined).success,
              content: { 'application/json': { schema: endpoint.body } },
            },
          }
        : {}),
    },
    responses: { ...success(name, endpoint), ...failures(name, method, path, endpoint) },
  });
}

const filesOf = (media: readonly string[]) => Object.fromEntries(media.map((type) => [type, { schema: z.string() }]));

const IdempotencyHeader = z.object({
  'Idempotency-Key': z.string().min(1).max(255).optional().meta({
    description: 'The same key and body within 24 hours answers the first job (200, Idempotency-Replayed: true).',
  }),
});

function splitInput(input: z.ZodObject, path: string) {
  const names = Object.keys(input.shape);
  const pick = (keep: (name: string) => boolean) =>
    z.object(Object.fromEntries(names.filter(keep).map((name) => [name, input.shape[name] as z.ZodType])));
  const inPath = (name: string) => path.includes(`{${name}}`);
  return { params: pick(inPath), query: pick((name) => !inPath(name)) };
}

function success(name: VerbName, endpoint: Endpoint): Record<string, ResponseConfig> {
  const other = OTHER_CONTENT[name];
  const content = endpoint.output
    ? { 'application/json': { schema: endpoint.output } }
    : other
      ? { [other]: { schema: z.string() } }
      : undefined;
  const answer = (description: string): ResponseConfig => ({ description, ...(content ? { content } : {}) });
  if (name === 'job.add')
    return {
      201: answer('Added'),
      200: answer('It was there already'),
      207: answer('A list: one outcome for each item'),
    };
  if (endpoint.idempotent) return { 201: answer('Added'), 200: answer('It was there already') };
  if (name === 'system.ready') return { 200: answer('Ready'), 503: answer('Something does not answer') };
  const done = answer(endpoint.status === 204 ? 'Done' : 'OK');
  return { [endpoint.status]: name === 'job.remove' ? { ...done, headers: BIN_ENTRY } : done };
}

function failures(name: VerbName, method: string, path: string, endpoint: Endpoint): Record<string, ResponseConfig> {
  // Of the door, whatever is asked: another name for this machine, and an address or headers beyond their bounds.
  const statuses = new Set<number>([403, 414, 422, 431, 503]);
  if (path.includes('{')) for (const status of [400, 404]) statuses.add(status);
  if (method !== 'GET') statuses.add(409);
  if (endpoint.body || endpoint.media) for (const status of [400, 408, 413, 415]) statuses.add(status);
  if (IN_TURN.has(name)) statuses.add(429);
  if (path.includes('{job}')) statuses.add(410);
  if (path.endsWith('z') || path === '/openapi.json') return {};
  return Object.fromEntries(
    [...statuses].sort().map((status) => [
      String(status),
      {
        description: Object.values(ERRORS)
          .filter(([s]) => s === status)
          .map(([, title]) => title)
          .join('; '),
        ...(status === 429 || status === 503 ? { headers: RETRY_AFTER } : {}),
        content: { 'application/problem+json': { schema: ProblemSchema } },
      },
    ]),
  );
}
