import { openStore } from '@/lib/store/store';
import { exportOrders } from '@/worker/tasks/export-orders';
import { makeTaskContext } from '@/worker/testing/task-context';

/** Told over argv: the store's URL, a home folder, the range and the format. Answers one line of JSON: rows, bytes, the time and this process's own peak. */
const [databaseUrl = '', home = '', from = '', to = '', format = 'xlsx'] = process.argv.slice(2);

const store = openStore(databaseUrl);
const ctx = makeTaskContext({ store, task: exportOrders, env: { home } });
const startedAt = performance.now();
const result = await exportOrders.run(ctx, exportOrders.input.parse({ from, to, format }));
const seconds = (performance.now() - startedAt) / 1000;
await store.close();
// maxRSS is in KiB on every system.
process.stdout.write(`${JSON.stringify({ result, seconds, peakMb: process.resourceUsage().maxRSS / 1024 })}\n`);
