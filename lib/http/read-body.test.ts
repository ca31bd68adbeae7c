import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CodedError } from '@/lib/contracts/errors';
import { readUploadText } from '@/lib/tasks/import/read-text';
import { MAX_BODY_BYTES, readJsonBody } from './read-body';
import { takeUpload } from './take-upload';

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

  it('refuses a body that trickles in, when its time is over and not before', async () => {
    let sent = 0;
    const cancelled = new AbortController();
    const trickle = new ReadableStream({
      async pull(controller) {
        await sleep(20);
        sent += 1;
        controller.enqueue(new Uint8Array([0x20]));
      },
      cancel: () => cancelled.abort(),
    });
    const headers = new Headers({ 'content-type': 'application/json' });
    const from = performance.now();
    const error = await readJsonBody({ headers, body: trickle }, 200).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'request_timeout', status: 408 });
    expect(performance.now() - from).toBeGreaterThanOrEqual(190);
    expect(sent).toBeGreaterThan(1);
    expect(cancelled.signal.aborted).toBe(true);
    const silent = new ReadableStream({ pull: () => new Promise(() => undefined) });
    const upload = takeUpload({ headers: new Headers({ 'content-type': 'text/csv' }), body: silent }, ['text/csv'], 50);
    await expect(readUploadText(upload.bytes)).rejects.toMatchObject({ code: 'request_timeout' });
  });
});
