import { describe, expect, it } from 'vitest';
import { type FieldSchema, readCsv } from './read-csv';

const schema: FieldSchema = {
  type: 'object',
  properties: {
    to: { type: 'string' },
    count: { type: 'integer' },
    vip: { type: 'boolean' },
    tags: { type: 'array' },
    address: { type: 'object', properties: { city: { type: 'string' }, zip: { type: 'string' } } },
    note: { anyOf: [{ type: 'string' }, { type: 'null' }] },
  },
};
const inputs = async (text: string) => (await readCsv(text, schema)).map((one) => one.given?.input ?? one.errors);

describe('readCsv', () => {
  it('reads cells by their field, nested names and options', async () => {
    const text =
      'to,count,vip,tags,address.city,address.zip,options.priority,options.runAt\r\n"a ""b"", c",7,yes,"[1,2]",Bonn,01234,3,2030-01-01T00:00:00Z\r\n';
    expect(await readCsv(text, schema)).toEqual([
      {
        line: 2,
        given: {
          input: { to: 'a "b", c', count: 7, vip: true, tags: [1, 2], address: { city: 'Bonn', zip: '01234' } },
          options: { priority: 3, runAt: '2030-01-01T00:00:00Z' },
        },
        chars: 60,
        errors: null,
      },
    ]);
  });

  it('counts lines as an editor does, over quoted breaks and empty lines', async () => {
    const lines = await readCsv('to\n"two\nlines"\n\nlast', schema);
    expect(lines.map(({ line }) => line)).toEqual([2, 5]);
    expect(lines[0]?.given?.input).toEqual({ to: 'two\nlines' });
  });

  it('leaves empty cells out, and takes semicolons', async () => {
    expect(await inputs('to;count\na;\n;3\n')).toEqual([{ to: 'a' }, { count: 3 }]);
  });

  it.each([
    ['to,count\na,x', [{ path: 'input.count', message: 'must be integer' }]],
    ['to,vip\na,maybe', [{ path: 'input.vip', message: 'must be boolean' }]],
    ['to,tags\na,[1', [{ path: 'input.tags', message: 'must be JSON (array)' }]],
    [
      'to,count\na,12345678901234567890',
      [{ path: 'input.count', message: 'the number 12345678901234567890 would lose digits' }],
    ],
    ['to,count\na', [{ path: '', message: 'has 1 cells where the header has 2' }]],
    ['to\n"open', [{ path: '', message: 'has a quote that is never closed' }]],
    ['to\n"a"b', [{ path: '', message: 'has text after a closing quote' }]],
    ['address,address.city\n[],Bonn', [{ path: 'address.city', message: 'stands inside another column of this file' }]],
  ])('refuses the line of %j', async (text, errors) => {
    expect((await inputs(text)).slice(-1)).toEqual([errors]);
  });

  it.each(['to,to\na,b', 'to,\na,b', '__proto__.x\n1'])('refuses the header of %j', async (text) => {
    await expect(readCsv(text, schema)).rejects.toThrow(/header/);
  });

  it('refuses more than 10,000 lines', async () => {
    await expect(readCsv(`to\n${'a\n'.repeat(10_001)}`, schema)).rejects.toThrow(/10,000/);
    expect(await readCsv(`to\n${'a\n'.repeat(10_000)}`, schema)).toHaveLength(10_000);
  });
});
