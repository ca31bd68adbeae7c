import { expect, type Page } from '@playwright/test';

/** The page follows the broker: what happens from here on shows by itself. */
export async function expectLive(page: Page): Promise<void> {
  await expect(page.locator('.top .live')).toHaveText('Live');
}

export const toast = (page: Page) => page.getByRole('region', { name: 'Messages' });

/** The state that the job page names. */
export const jobState = (page: Page) => page.locator('.head .pill');
