import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Headless Chromium: the one that CHROMIUM_PATH names, Playwright's, the system's, the packaged one. */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath: await findChromium(), args });
}

async function findChromium(): Promise<string> {
  const known = [process.env.CHROMIUM_PATH, chromium.executablePath(), ...SYSTEM].find(
    (file) => file && existsSync(file),
  );
  if (known) return known;
  const packaged = await import('@sparticuz/chromium');
  return packaged.default.executablePath();
}

export interface Screen {
  /** Resolves to the epoch milliseconds at which the text stood alone in an element of the page. */
  waitForText(text: string, timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}

/** Opens a page and waits until its live stream had time to begin. */
export async function openScreen(url: string): Promise<Screen> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForTimeout(2_500);
  return {
    async waitForText(text, timeoutMs) {
      const handle = await page.waitForFunction(isTextShown, text, { polling: 'raf', timeout: timeoutMs });
      return Number(await handle.jsonValue());
    },
    close: () => browser.close(),
  };
}

/** Runs in the page: the time once a text node of <main> is `text`, false before. */
function isTextShown(text: string): number | false {
  const main = document.querySelector('main');
  if (!main) return false;
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.nodeValue?.trim() === text) return Date.now();
  return false;
}

export interface Load {
  /** JavaScript as it came over the wire. */
  scriptKb: number;
  /** From the start of the navigation until the figure was painted. */
  shownMs: number;
}

/** Loads a page in a browser context of its own (nothing cached) and waits until `text` stands on it. */
export async function loadPage(browser: Browser, url: string, text: string): Promise<Load> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const scripts = await countScriptBytes(page);
    await page.addInitScript({ content: watchForText(text) });
    await page.goto(url, { waitUntil: 'load' });
    const handle = await page.waitForFunction(() => (window as { shownMs?: number }).shownMs ?? false, null, {
      timeout: 10_000,
    });
    const shownMs = Number(await handle.jsonValue());
    // Chunks that the page asks for after its first paint count as first load too.
    await page.waitForTimeout(700);
    return { scriptKb: scripts() / 1024, shownMs };
  } finally {
    await context.close();
  }
}

async function countScriptBytes(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const scripts = new Set<string>();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  return () => bytes;
}

/**
 * Runs in the page before anything else: notes in `window.shownMs` when a visible text of <main> is `text`. As text, because the
 * loader that runs the bench puts names into functions that only it knows.
 */
const watchForText = (text: string): string => `
const look = () => {
  const main = document.querySelector('main');
  const walker = main && document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
  while (walker && walker.nextNode()) {
    if (walker.currentNode.nodeValue.trim() !== ${JSON.stringify(text)}) continue;
    if (!walker.currentNode.parentElement.checkVisibility()) continue;
    // The frame after this one begins when this one has been painted.
    requestAnimationFrame(() => { window.shownMs = performance.now(); });
    return;
  }
  requestAnimationFrame(look);
};
look();
`;
