import { type BenchContext, SOURCE } from '../context';
import { countStates } from '../fixture/jobs';
import { BIG_QUEUE, BIG_SIZE } from '../fixture/queues';
import { type BenchRow, failedRow } from '../rows';
import { summary } from '../stats';
import { launchBrowser, loadPage } from '../web/browser';

const ROUNDS = 7;

/** What a first visit costs in a real browser, per page: JavaScript over the wire, and the time until its figures stand there. */
export async function measureFirstLoad({ web }: BenchContext): Promise<BenchRow[]> {
  // No section before this one fails a job of the big queue, so this figure stands whatever ran.
  const failed = countStates(BIG_SIZE).failed.toLocaleString('en-GB');
  const pages: [name: string, path: string, text: string, reachMs: number | null][] = [
    ['overview', '/', failed, 500],
    ['queues', '/queues', failed, 500],
    ['queue', `/queues/${SOURCE}/${BIG_QUEUE}`, failed, 500],
    ['job', `/queues/${SOURCE}/${BIG_QUEUE}/jobs/5`, 'Timeline', null],
    ['workers', '/workers', 'Workers', null],
    ['tasks', '/tasks', 'Tasks', null],
  ];
  const browser = await launchBrowser();
  const rows: BenchRow[] = [];
  try {
    for (const [name, path, text, reachMs] of pages) {
      try {
        const loads = [];
        for (let round = 0; round < ROUNDS; round += 1) loads.push(await loadPage(browser, `${web.url}${path}`, text));
        const scripts = summary(loads.map((load) => load.scriptKb));
        const shown = summary(loads.map((load) => load.shownMs));
        rows.push({
          name: `first load, ${name}: JavaScript, gzipped`,
          reach: 200,
          value: scripts.value,
          unit: 'KB',
          peer: 211,
        });
        rows.push({
          name: `first load, ${name}: figures on the screen`,
          reach: reachMs,
          ...shown,
          unit: 'ms',
          peer: 907,
        });
      } catch (error) {
        rows.push(failedRow(`first load, ${name}`, error));
      }
    }
    return rows;
  } finally {
    await browser.close();
  }
}
