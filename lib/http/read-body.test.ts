import { describe, expect, it } from 'vitest';
import { CodedError } from '@/lib/contracts/errors';
import { MAX_BODY_BYTES, readJsonBody } from './read-body';

const post = (body: BodyInit | null, type = 'application/json') =>
  new Request('http://127.0.0.1/x', { method: 'POST', body, headers: type ? { 'content-type': type } : {} });

async function codeOf(request: Request): Promise<string> {
  const error = await readJsonBody(request).catch((e: unknown) => e);
  return error instanceof CodedError ? error.code : 'accepted';
}

describe('readJsonBody', () => {
  it('reads JSON, also of a +json type and with a charset', async () => {
    expect(await readJsonBody(post('{"a":[1,"ü"]}', 'application/json; charset=utf-8'))).toEqual({ a: [1, 'ü'] });
    expect(await readJsonBody(post('1', 'application/merge-patch+json'))).toBe(1);
    expect(await readJsonBody(post(null, ''))).toBeUndefined();
  });

  it('refuses what it cannot keep', async () => {
    expect(await codeOf(post('{"a":', 'application/json'))).toBe('bad_request');
    expect(await codeOf(post('{}', 'text/plain'))).toBe('unsupported_media_type');
    expect(await codeOf(post('{"id":12345678901234567890}'))).toBe('validation_failed');
    expect(await codeOf(post(new Uint8Array([0x22, 0xff, 0x22])))).toBe('bad_request');
  });

  it('names the bound of nesting, and takes what is within it', async () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(await codeOf(post(nested(200)))).toBe('accepted');
    await expect(readJsonBody(post(nested(201)))).rejects.toMatchObject({
      code: 'validation_failed',
      detail: 'The body is nested deeper than 200 levels.',
    });
    expect(await codeOf(post(nested(500_000)))).toBe('validation_failed');
  });

  it('counts bytes, not what the header says', async () => {
    const fits = `"${'x'.repeat(MAX_BODY_BYTES - 2)}"`;
    expect(await codeOf(post(fits))).toBe('accepted');
    expect(await codeOf(post(`${fits} `))).toBe('body_too_large');
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536).fill(0x20)) });
    const request = new Request('http://127.0.0.1/x', {
      method: 'POST',
      body: endless,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit);
    expect(await codeOf(request)).toBe('body_too_large');
  });
});
