import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { CodedError } from './errors';
import { AddJobsDoor } from './jobs';
import { describeErrors, formatPath, parseInput } from './parse-input';

function refusal(schema: z.ZodType, value: unknown, at?: string[]): CodedError {
  try {
    parseInput(schema, value, at);
  } catch (error) {
    if (error instanceof CodedError) return error;
  }
  throw new Error('it was accepted');
}

describe('parseInput', () => {
  const schema = z.strictObject({ name: z.string().min(1), list: z.array(z.strictObject({ n: z.number().max(5) })) });

  it('names every field at once, unknown ones one by one', () => {
    const { extra } = refusal(schema, { name: '', list: [{ n: 9 }, { n: 1, extra: true }], a: 1, b: 2 });
    expect(extra.errors?.map((e) => e.path)).toEqual(['name', 'list[0].n', 'list[1].extra', 'a', 'b']);
    expect(extra.errors?.at(-1)?.message).toBe('is not a known field');
  });

  it('keeps one message per field and puts the prefix before it', () => {
    const twice = z.strictObject({ day: z.iso.date().regex(/^2/) });
    expect(refusal(twice, { day: 'x' }, ['input']).extra.errors).toEqual([
      { path: 'input.day', message: 'Invalid ISO date' },
    ]);
  });

  it('judges one job by the job’s own fields, not by the list’s', () => {
    const { extra } = refusal(AddJobsDoor, { name: '', options: { attempts: 0, nope: 1 } });
    expect(extra.errors?.map((e) => e.path)).toEqual(['name', 'options.attempts', 'options.nope']);
    expect(refusal(AddJobsDoor, []).extra.errors?.[0]?.message).toMatch(/>=1/);
    expect(refusal(AddJobsDoor, Array(1001).fill({})).extra.errors?.[0]?.message).toMatch(/<=1000/);
  });

  it('says the first three in the sentence', () => {
    const errors = ['a', 'b', 'c', 'd'].map((path) => ({ path, message: 'is odd' }));
    expect(describeErrors(errors)).toBe('a: is odd; b: is odd; c: is odd; and 1 more');
    expect(formatPath(['a', 0, 'b'])).toBe('a[0].b');
  });
});
