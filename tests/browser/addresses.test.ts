import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../support/simulator.ts';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { addConnector, saveSettings, throughSyncTo } from './support/set-up.ts';
import { startWebConsole } from './support/stack.ts';

describe.skipIf(chromiumPath === undefined)(`addresses that somebody typed${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test('what makes no sense, or has not come yet, is now, and never a state of the future', async () => {
    await using tenant = await startSimulator('--users 12 --seed 3');
    await using web = await startWebConsole([tenant.origin]);
    const { page, faults } = await openPage(browser);
    await addConnector(page, web.signIn);
    await saveSettings(page, tenant.baseUrl, tenant.apiKey);
    await throughSyncTo(page, 'Connected');
    const connector = page.url();
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    const heading = page.getByRole('heading', { level: 1 });
    await heading.getByText(/can administer Runlayer now\.$/).waitFor();
    const administrators = page.url();

    const nextYear = `${new Date().getUTCFullYear() + 1}-01-01`;
    for (const asOf of ['rubbish', '', nextYear, `${nextYear}T10:00:00Z`]) {
      await page.goto(`${administrators}?asOf=${asOf}`);
      await heading.getByText(/can administer Runlayer now\.$/).waitFor();
      expect(await page.getByText('You are looking at').count()).toBe(0);
      // And it is not carried on.
      await page.getByRole('link', { name: /^Accounts/ }).click();
      await heading.getByText(/in Runlayer now\.$/).waitFor();
      expect(new URL(page.url()).search).toBe('');
    }

    await page.goto(`${connector}?tab=rubbish&log=rubbish`);
    await page.getByRole('region', { name: 'Settings', exact: true }).waitFor();
    expect(await page.getByRole('complementary', { name: 'Connector log' }).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
