import { expect, it } from 'vitest';
import { readOperations } from '@/components/docs/read-operations';

const document = {
  paths: {
    '/queues/{queue}/jobs': {
      post: {
        operationId: 'job.add',
        tags: ['job'],
        summary: 'Enqueue',
        parameters: [{ name: 'queue', in: 'path', required: true, schema: { type: 'string', maxLength: 512 } }],
        requestBody: {
          content: {
            'application/json': { schema: { anyOf: [{ $ref: '#/components/schemas/Input' }, { type: 'array' }] } },
          },
        },
        responses: {
          201: {
            description: 'Added',
            content: {
              'application/json': { schema: { type: 'object', properties: { id: { type: ['string', 'null'] } } } },
            },
          },
          422: { description: 'Does not fit' },
        },
      },
    },
  },
  components: {
    schemas: {
      Input: {
        type: 'object',
        required: ['name'],
        properties: {
          name: { type: 'string' },
          data: {},
          options: {
            type: 'object',
            properties: { delayMs: { type: 'integer', minimum: 0, maximum: 9007199254740991 } },
          },
        },
      },
    },
  },
};

it('flattens an operation with its parameters, body and answers', () => {
  const [operation] = readOperations(document);
  expect(operation).toMatchObject({ id: 'job.add', method: 'POST', tag: 'job' });
  expect(operation?.parameters).toEqual([
    { name: 'queue', place: 'path', type: 'string', required: true, note: 'at most 512 characters' },
  ]);
  expect(operation?.body?.map(({ name, type, required }) => [name, type, required])).toEqual([
    ['name', 'string', true],
    ['data', 'any JSON', false],
    ['options', 'object', false],
    ['options.delayMs', 'integer', false],
  ]);
  expect(JSON.parse(operation?.bodyExample ?? '')).toEqual({ name: 'send-welcome-email', data: {} });
  expect(operation?.answers.map(({ status, fields }) => [status, fields.map((field) => field.type)])).toEqual([
    ['201', ['string | null']],
    ['422', []],
  ]);
});
