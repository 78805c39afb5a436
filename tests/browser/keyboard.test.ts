import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../support/simulator.ts';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { settings, throughSyncTo } from './support/set-up.ts';
import { recordStates } from './support/states.ts';
import { startWebConsole } from './support/stack.ts';

describe.skipIf(chromiumPath === undefined)(`by keyboard alone${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test('from the sign-in link to who administers, and back out of the log', async () => {
    await using tenant = await startSimulator('--users 60 --seed 8');
    await using web = await startWebConsole([tenant.origin]);
    const { page, faults } = await openPage(browser);
    await page.goto(web.signIn);
    const { keyboard } = page;

    // Before all that is the same on every page stands the way past it.
    await page.getByText('No connector yet').waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Skip to content' }), 'Shift+Tab');
    await keyboard.press('Enter');
    await isAt(page, page.getByRole('main'));
    await tabTo(page, page.getByRole('main').getByRole('link', { name: 'Add connector' }));
    await keyboard.press('Enter');

    await tabTo(page, page.getByRole('searchbox', { name: 'Search connectors' }));
    await keyboard.type('runl');
    await tabTo(page, page.getByRole('article', { name: 'Runlayer' }).getByRole('link', { name: 'Add', exact: true }));
    await keyboard.press('Enter');

    const newApp = page.getByRole('radio', { name: /^Create a new managed app/ });
    await tabTo(page, newApp);
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowDown');
    expect(await newApp.isChecked()).toBe(true);
    await tabTo(page, page.getByRole('button', { name: 'Next' }));
    await keyboard.press('Enter');

    const area = settings(page);
    await tabTo(page, area.getByRole('button', { name: 'Edit', exact: true }));
    await keyboard.press('Enter');
    await isAt(page, area.getByLabel('Base URL'));
    await keyboard.type(tenant.baseUrl);
    await tabTo(page, area.getByLabel('API key'));
    await keyboard.type(tenant.keys.super_admin);
    await tabTo(page, area.getByRole('button', { name: 'Save' }));
    await recordStates(page);
    await keyboard.press('Enter');
    await throughSyncTo(page, 'Connected');

    const chip = page.getByRole('button', { name: /^Connected/ });
    await tabTo(page, chip);
    await keyboard.press('Enter');
    const log = page.getByRole('complementary', { name: 'Connector log' });
    await isAt(page, log);
    await tabTo(page, log.getByRole('tab', { name: 'Sync history' }));
    await keyboard.press('ArrowRight');
    await log.getByText('GET /users/me').waitFor();
    await keyboard.press('Escape');
    await isAt(page, chip);

    await tabTo(page, page.getByRole('link', { name: /^Who can administer/ }));
    await keyboard.press('Enter');
    const rows = page.getByRole('grid', { name: 'Administrators' }).getByRole('row');
    await rows.nth(2).waitFor();
    await tabTo(page, rows.nth(1));
    // Arrows go from row to row and to what a row holds; a table is one stop of Tab, however long it is.
    await keyboard.press('End');
    await isAt(page, rows.last());
    await keyboard.press('Home');
    await keyboard.press('ArrowDown');
    await isAt(page, rows.nth(2));
    await keyboard.press('ArrowRight');
    await isAt(page, rows.nth(2).getByRole('link').first());
    await keyboard.press('Tab');
    await isAt(page, page.getByRole('region', { name: 'What happened when' }).getByRole('link').first());
    await keyboard.press('Shift+Tab');
    await isAt(page, rows.nth(2));
    const name = await rows.nth(2).getByRole('link').first().innerText();
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

const isAt = (page: Page, what: Locator): Promise<void> => what.and(page.locator(':focus')).waitFor();

/** Tab until it is there; every stop on the way must be seen to be one. */
async function tabTo(page: Page, what: Locator, key = 'Tab'): Promise<void> {
  await what.waitFor({ state: 'attached' });
  for (let stops = 0; stops < 40; stops += 1) {
    if ((await what.and(page.locator(':focus')).count()) > 0) return;
    await page.keyboard.press(key);
    const unseen = await page.evaluate<string | null>(UNSEEN);
    expect(unseen, 'a stop that nothing shows').toBeNull();
  }
  throw new Error(`40 stops, and ${String(what)} was none of them`);
}

/** Ring, or the edge of a field around it; what is off the screen cannot be seen either. */
const UNSEEN = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return null;
  const ringed = [at, at.parentElement, at.querySelector('*'), at.closest('label')].some((each) => {
    if (!each) return false;
    const { outlineStyle, boxShadow } = getComputedStyle(each);
    return outlineStyle !== 'none' || boxShadow !== 'none';
  });
  return ringed ? null : at.outerHTML.slice(0, 200);
})()`;
