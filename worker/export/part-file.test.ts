import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { makeHome } from '@/worker/testing/task-context';
import { sweepParts, writeWhole } from './part-file';

const HOST = os.hostname().replace(/[^A-Za-z0-9-]/g, '-');
const DEAD_PID = 2 ** 22 + 1;

describe('writeWhole', () => {
  it('is not seen under its name before it is whole', async () => {
    const dir = makeHome();
    const seen: boolean[] = [];
    async function* content() {
      for (const chunk of ['a', 'b', 'c']) {
        seen.push(existsSync(path.join(dir, 'file')));
        yield chunk;
      }
    }
    expect(await writeWhole(dir, 'file', Readable.from(content()))).toBe(3);
    expect(seen).toEqual([false, false, false]);
    expect(readdirSync(dir)).toEqual(['file']);
    expect(readFileSync(path.join(dir, 'file'), 'utf8')).toBe('abc');
  });

  it('keeps the old file, and no part, when the new one fails or is aborted', async () => {
    const dir = makeHome();
    await writeWhole(dir, 'file', Readable.from(['old']));
    async function* broken() {
      yield 'half';
      throw new Error('disk on fire');
    }
    await expect(writeWhole(dir, 'file', Readable.from(broken()))).rejects.toThrow('disk on fire');
    const cancel = new AbortController();
    const endless = new Readable({ read: () => void setTimeout(() => endless.push('x'), 5) });
    setTimeout(() => cancel.abort(), 50);
    await expect(writeWhole(dir, 'file', endless, cancel.signal)).rejects.toThrow();
    expect(readdirSync(dir)).toEqual(['file']);
    expect(readFileSync(path.join(dir, 'file'), 'utf8')).toBe('old');
  });
});

describe('sweepParts', () => {
  it('removes the parts of dead processes alone', async () => {
    const dir = makeHome();
    const put = (name: string, ageMs = 0) => {
      writeFileSync(path.join(dir, name), 'x');
      const at = (Date.now() - ageMs) / 1000;
      utimesSync(path.join(dir, name), at, at);
      return name;
    };
    const dead = [
      put(`.a.xlsx-1.${HOST}.${DEAD_PID}.0123456789ab.part`),
      put(`.a.xlsx-1.${HOST}.${process.pid}.0123456789ab.part`),
      put('.a.xlsx-1.elsewhere.1.0123456789ab.part', 2 * 3_600_000),
    ];
    const alive = [
      put('.a.xlsx-1.elsewhere.1.0123456789ab.part2'),
      put('.b.xlsx-1.elsewhere.1.0123456789ab.part'),
      put(`.a.xlsx-1.${HOST}.${process.ppid}.0123456789ab.part`),
      put('orders.xlsx', 1e9),
      put('.hidden', 1e9),
    ];
    expect(await sweepParts(dir)).toBe(dead.length);
    expect(readdirSync(dir).sort()).toEqual(alive.sort());
  });

  it('leaves what this process is writing, and takes a missing folder for an empty one', async () => {
    const dir = path.join(makeHome(), 'exports');
    expect(await sweepParts(dir)).toBe(0);
    mkdirSync(dir);
    async function* slow() {
      yield 'a';
      expect(await sweepParts(dir)).toBe(0);
      yield 'b';
    }
    expect(await writeWhole(dir, 'file', Readable.from(slow()))).toBe(2);
  });
});
