import { type APIRequestContext, expect } from '@playwright/test';

/** The demo shop is filled in the background of a first start: an export finds it, or fails with a sentence. */
export async function waitForSeededShop(request: APIRequestContext): Promise<void> {
  await expect
    .poll(
      async () => {
        const added = await request.post('/api/v1/tasks/export-orders', {
          data: { input: { from: '2026-01-01', to: '2026-12-31', format: 'csv' }, options: { attempts: 1 } },
        });
        const { source, queue, id } = await added.json();
        const url = `/api/v1/queues/${source}/${queue}/jobs/${id}`;
        const read = async () => (await request.get(url)).json();
        await expect.poll(async () => (await read()).state, { timeout: 30_000 }).toMatch(/completed|failed/);
        const { result } = await read();
        return result ? JSON.parse(result.text).rows : 0;
      },
      { timeout: 55_000, intervals: [2_000] },
    )
    .toBeGreaterThan(20_000);
}
