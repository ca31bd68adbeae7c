import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { contentDisposition, streamFile } from './file';

describe('contentDisposition', () => {
  it('keeps a plain name', () => {
    expect(contentDisposition('orders-2026-10.xlsx')).toBe(
      `attachment; filename="orders-2026-10.xlsx"; filename*=UTF-8''orders-2026-10.xlsx`,
    );
  });

  it('lets no name break out of the header', () => {
    const header = contentDisposition('a"; x=\r\nSet-Cookie: b=1\\%/Bücher(1).csv');
    expect(header).not.toMatch(/[\r\n]/);
    expect(header.match(/"/g)).toHaveLength(2);
    expect(header).toContain('B%C3%BCcher%281%29.csv');
  });
});

describe('streaming a file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'queuedeck-file-'));
  const file = path.join(folder, 'big.bin');
  writeFileSync(file, Buffer.alloc(3_000_000, 7));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives it whole', async () => {
    const bytes = await new Response(streamFile(file, new AbortController().signal)).arrayBuffer();
    expect(bytes.byteLength).toBe(3_000_000);
  });

  // An error that nobody catches would fail the run.
  it('ends without an error of its own when the reader goes, before or in the middle', async () => {
    for (const reads of [0, 1]) {
      const reader = streamFile(file, new AbortController().signal).getReader();
      for (let read = 0; read < reads; read += 1) expect((await reader.read()).value?.length).toBeGreaterThan(0);
      await reader.cancel();
      await sleep(50);
      expect((await reader.read()).done).toBe(true);
    }
  });

  it('fails for the reader when the request is aborted or the file is gone', async () => {
    const leaving = new AbortController();
    const reader = streamFile(file, leaving.signal).getReader();
    await reader.read();
    leaving.abort();
    await expect(
      (async () => {
        for (;;) if ((await reader.read()).done) return;
      })(),
    ).rejects.toThrow();
    await expect(
      streamFile(path.join(folder, 'none'), new AbortController().signal).getReader().read(),
    ).rejects.toThrow(/ENOENT/);
  });
});
