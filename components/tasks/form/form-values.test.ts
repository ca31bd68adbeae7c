import { describe, expect, it } from 'vitest';
import { buildInput, fillForm } from '@/components/tasks/form/form-values';
import { readSchema } from '@/components/tasks/form/read-schema';

const schema = {
  type: 'object',
  required: ['to', 'count', 'format', 'address'],
  properties: {
    to: { type: 'string', format: 'email' },
    count: { type: 'integer', minimum: 1, maximum: 9007199254740991 },
    ratio: { type: 'number' },
    urgent: { type: 'boolean', default: false },
    format: { type: 'string', enum: ['xlsx', 'csv'], default: 'xlsx' },
    from: { type: 'string', format: 'date' },
    columns: { type: 'array', items: { type: 'string' } },
    address: {
      type: 'object',
      required: ['city'],
      properties: {
        city: { type: 'string' },
        geo: { type: 'object', required: ['lat'], properties: { lat: { type: 'number' } } },
      },
    },
    extra: { type: 'object', additionalProperties: {} },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
};
const fields = readSchema(schema) ?? [];

describe('readSchema', () => {
  it('finds a field for each property, the needed ones first and in their own order', () => {
    expect(fields.map(({ path, kind, required }) => [path, kind, required])).toEqual([
      ['to', 'email', true],
      ['count', 'integer', true],
      ['format', 'enum', false],
      ['address', 'object', true],
      ['ratio', 'number', false],
      ['urgent', 'boolean', false],
      ['from', 'date', false],
      ['columns', 'strings', false],
      ['extra', 'json', false],
      ['note', 'string', false],
    ]);
    expect(fields[3]?.fields[1]?.fields[0]?.path).toBe('address.geo.lat');
    expect(fields[1]).toMatchObject({ min: 1, max: null });
  });
  it('gives up on what is no object', () => {
    expect(readSchema({ type: 'array' })).toBeNull();
  });
});

describe('buildInput', () => {
  it('builds what was filled in and leaves out what was not', () => {
    const values = fillForm(fields, { to: 'a@b.c', count: 3, columns: ['id', 'total'], address: { city: 'Ulm' } });
    const { text, errors } = buildInput(fields, values);
    expect(errors).toEqual({});
    expect(JSON.parse(text)).toEqual({
      to: 'a@b.c',
      count: 3,
      urgent: false,
      format: 'xlsx',
      columns: ['id', 'total'],
      address: { city: 'Ulm' },
      note: null,
    });
  });
  it('keeps every digit of a number', () => {
    const { text } = buildInput(fields, { ...fillForm(fields, {}), count: '12345678901234567890', ratio: '1.50' });
    expect(text).toContain('"count":12345678901234567890');
    expect(text).toContain('"ratio":1.50');
  });
  it('names each field that does not fit', () => {
    const values = { ...fillForm(fields, {}), count: '1.5', ratio: 'x', extra: '{"a":', 'address.geo.lat': '' };
    expect(buildInput(fields, values).errors).toEqual({
      to: 'is needed',
      count: 'must be a whole number',
      ratio: 'must be a number',
      extra: 'line 1, column 6: ends too early: a value is missing',
      'address.city': 'is needed',
    });
  });
});
