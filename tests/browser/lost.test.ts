import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { startWebConsole } from './support/stack.ts';

describe.skipIf(chromiumPath === undefined)(`a console that goes away${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test('every page says so by itself, also one that nobody had opened', async () => {
    const { page } = await openPage(browser);
    {
      await using web = await startWebConsole([]);
      const loaded = page.waitForResponse(/apps-page-.*\.js$/);
      await page.goto(web.signIn);
      await page.getByText('No connector yet').waitFor();
      await loaded;
    }
    const lost = page.getByRole('status').getByText('The console does not answer.');
    await lost.waitFor();
    await page.getByRole('link', { name: 'Apps' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor();
    await page.getByRole('alert').getByText('The console does not answer.').waitFor();
    expect(await lost.isVisible()).toBe(true);
    await page.context().close();
  });

  test('what stands before it refuses for a while: said, and gone again by itself', async () => {
    const { page } = await openPage(browser);
    await using web = await startWebConsole([]);
    await page.route(/\/events$/, (route) => route.fulfill({ status: 502, body: 'Bad Gateway' }));
    await page.goto(web.signIn);
    const lost = page.getByRole('status').getByText('The console does not answer.');
    await lost.waitFor();
    await page.unroute(/\/events$/);
    await lost.waitFor({ state: 'detached' });
    await page.context().close();
  });
});
