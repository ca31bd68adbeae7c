import { expect, it } from 'vitest';
import { readStack } from '@/components/jobs/detail/read-stack';

const STACK = `Error: read ECONNRESET
  while exporting
    at TLSWrap.onStreamRead (node:internal/stream_base_commons:217:20)
    at exportOrders (/app/worker/tasks/export-orders.ts:41:9)
    at async Worker.processJob (/app/node_modules/bullmq/dist/worker.js:1:1)
    at /app/worker/main.ts:9:1`;

it('keeps the whole message and tells own frames from those of packages', () => {
  const { message, frames } = readStack(STACK);
  expect(message).toBe('Error: read ECONNRESET\n  while exporting');
  expect(frames.map(({ name, isLibrary }) => [name, isLibrary])).toEqual([
    ['TLSWrap.onStreamRead', true],
    ['exportOrders', false],
    ['Worker.processJob', true],
    [null, false],
  ]);
});

it('takes text without frames as it is', () => {
  expect(readStack('job stalled more than allowable limit')).toEqual({
    message: 'job stalled more than allowable limit',
    frames: [],
  });
});
