import { accessSync, constants } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Debian's chromium, or the one that is named; undefined where there is none. */
export const chromiumPath = [process.env['CHROMIUM'], '/usr/bin/chromium'].find((path) => path && isProgram(path));

/** For the names of suites: what they need, and that they are skipped without it. */
export const NEEDS_CHROMIUM =
  chromiumPath === undefined ? ' (skipped: no chromium at $CHROMIUM or /usr/bin/chromium)' : '';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** One browser serves a whole suite: its first start may take seconds. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
  });
}

export interface WatchedPage {
  page: Page;
  /** Faults of the page and breaches of its content policy: there are to be none. */
  faults: string[];
}

/** A page of its own session. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A refusal that the page shows is also in the browser's own log of requests.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  return { page, faults };
}
