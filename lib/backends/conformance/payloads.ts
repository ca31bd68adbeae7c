import { expect, it } from 'vitest';
import { MOST_READ_BYTES } from '@/lib/contracts/payload-sizes';
import { type Bench, job } from './broker';

const CAP = 262_144;
const MEGABYTE = 1_048_576;

/** Hexadecimal digits, each by chance: nothing makes them much shorter. */
function chance(chars: number): string {
  const bytes = new Uint8Array(chars / 2);
  for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return Buffer.from(bytes).toString('hex');
}

export function testPayloads(bench: Bench): void {
  it('reads some megabytes whole when asked for it, and their beginning when not', async () => {
    const data = { text: chance(5 * MEGABYTE) };
    const [added] = await bench.backend.addJobs('payload-some', [job('some', {}, data)]);
    const id = added?.id ?? '';
    const whole = await bench.backend.readPayload('payload-some', id, 'data');
    expect(JSON.parse(whole?.text ?? '')).toEqual(data);
    expect(whole).toMatchObject({ sizeBytes: whole?.text.length, truncated: false });
    const cut = await bench.backend.getJob('payload-some', id, CAP);
    expect(cut?.data).toEqual({ text: whole?.text.slice(0, CAP), sizeBytes: whole?.sizeBytes, truncated: true });
    expect(cut?.unreadable).toBeNull();
    expect((await bench.backend.getJob('payload-some', id, 0))?.data).toMatchObject({ text: '', truncated: true });
    expect(await bench.backend.readPayload('payload-some', id, 'result')).toBeNull();
    expect(await bench.backend.readPayload('payload-some', 'nope', 'data')).toBeNull();
  });

  it('tells the size of what is too large, and reads none of it', async () => {
    const queue = 'payload-large';
    const { id = '' } = await bench.broker.queue(queue).add('large', { text: 'x'.repeat(20 * MEGABYTE) });
    const found = await bench.backend.getJob(queue, id, CAP);
    expect(found?.data).toMatchObject({ text: '', truncated: true });
    expect(found?.data.sizeBytes).toBeGreaterThan(MOST_READ_BYTES);
    expect(found?.unreadable).toMatch(
      /^Its data \(20 MB\) is too large to be read: no more than 16 MB of a field is read/,
    );
    expect(await bench.backend.readPayload(queue, id, 'data')).toEqual(found?.data);
    expect((await bench.backend.listJobs(queue, 'waiting', null, 10)).items).toMatchObject([{ id, name: 'large' }]);
  });

  it('lets no large job take anything of those beside it', async () => {
    const name = 'payload-beside';
    const began = Date.now();
    const queue = bench.broker.queue(name);
    await queue.add('huge', { text: chance(3 * MEGABYTE) });
    for (let n = 0; n < 40; n += 1)
      await queue.add('beside', { text: chance(150_000) }, { attempts: 2, text: chance(150_000) });
    const { items, leftOut } = await bench.backend.listJobs(name, 'waiting', null, 50);
    expect(leftOut).toBeNull();
    expect(items.map((row) => row.name).sort()).toEqual([...Array<string>(40).fill('beside'), 'huge']);
    for (const { addedAt } of items) expect(Date.parse(addedAt)).toBeGreaterThan(began - 60_000);
    const ids = items.map(({ id }) => id);
    const fields = (await bench.backend.recording?.readFields(name, ids)) ?? [];
    expect(fields.map((one) => one?.name)).toEqual(items.map((row) => row.name));
    for (const one of fields) expect(one?.dataBytes).toBeGreaterThan(150_000);
    expect(fields.filter((one) => one?.name === 'beside').every((one) => one?.data !== null)).toBe(true);
  });

  it('passes on no options that nest without end, and none that are too large', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 900; level += 1) deep = [deep];
    const queue = bench.broker.queue('payload-options');
    const nested = await queue.add('nested', {}, { attempts: 2, deep });
    const large = await queue.add('large', {}, { attempts: 2, text: chance(MEGABYTE) });
    expect(await bench.backend.getJob('payload-options', nested.id ?? '', CAP)).toMatchObject({ options: {} });
    expect(await bench.backend.getJob('payload-options', large.id ?? '', CAP)).toMatchObject({
      options: { note: 'too large to show', sizeBytes: expect.any(Number) },
    });
  });

  it('cuts long lines of a log, and gives few of them at once', async () => {
    const queue = 'payload-log';
    const [added] = await bench.backend.addJobs(queue, [job('logs')]);
    const id = added?.id ?? '';
    await bench.backend.addLogs?.(queue, id, ['first', 'l'.repeat(5 * MEGABYTE), 'last']);
    const few = await bench.backend.getLogs(queue, id, 0, 10);
    expect(few?.total).toBe(3);
    const rest = await bench.backend.getLogs(queue, id, few?.lines.length ?? 0, 10);
    const lines = [...(few?.lines ?? []), ...(rest?.lines ?? [])];
    expect(lines).toEqual(['first', expect.stringMatching(/^l+… \(5\.0 MB\)$/), 'last']);
    expect(lines[1]?.length).toBeLessThan(70_000);

    await bench.backend.addLogs?.(
      queue,
      id,
      Array.from({ length: 100 }, () => 'm'.repeat(60_000)),
    );
    const some = await bench.backend.getLogs(queue, id, 3, 100);
    expect(some?.total).toBe(103);
    expect(some?.lines.length).toBeGreaterThan(20);
    expect(some?.lines.length).toBeLessThan(50);
  });
}
