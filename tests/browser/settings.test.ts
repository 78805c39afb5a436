import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRepository } from '../support/program.ts';
import { startSimulator, type Simulator } from '../support/simulator.ts';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { addConnector, saveSettings, settings, throughSyncTo, untilState } from './support/set-up.ts';
import { recordStates } from './support/states.ts';
import { startWebConsole, type WebConsole } from './support/stack.ts';

describe.skipIf(chromiumPath === undefined)(`settings of every kind${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  let tenant: Simulator;
  let web: WebConsole;
  beforeAll(async () => {
    [browser, tenant] = await Promise.all([
      startChromium(),
      startSimulator('--users 45 --max-limit 15 --behaviour null-roles-none'),
    ]);
    web = await startWebConsole([tenant.origin, tenant.origin.replace('127.0.0.1', 'localhost')]);
  });
  afterAll(async () => {
    await browser.close();
    await web[Symbol.asyncDispose]();
    await tenant[Symbol.asyncDispose]();
  });

  const advanced = (page: Page) => page.getByRole('region', { name: 'Advanced settings', exact: true });

  test('exceptions, choices and further headers: entered once, marked everywhere, never shown', async () => {
    const { page, faults } = await openPage(browser);
    await addConnector(page, web.signIn);
    await saveSettings(page, tenant.baseUrl, tenant.apiKey);
    await throughSyncTo(page, 'Error');
    // The first sync is over, though nothing came of it.
    const status = await page.getByRole('region', { name: 'Status', exact: true }).innerText();
    expect(status).toContain('Nothing has been read yet.');
    expect(status).not.toContain('The first sync starts');

    await page.getByRole('link', { name: 'Advanced settings' }).click();
    await advanced(page).getByRole('button', { name: 'Edit advanced settings' }).click();
    await advanced(page).getByLabel('Exceptions', { exact: true }).fill('null-roles=none\n');
    await advanced(page)
      .getByRole('button', { name: /Way to the roles of people/ })
      .click();
    await page.getByRole('option', { name: 'embedded' }).click();
    const headers = advanced(page).getByRole('group', { name: 'Further request headers' });
    await headers.getByRole('button', { name: 'Add a line' }).click();
    await headers.getByLabel('Name 1').fill('x-team');
    await headers.getByLabel('Value 1').fill('geheim-4711');
    const save = advanced(page).getByRole('button', { name: 'Save', exact: true });
    await save.click();
    // Without a reason an exception is none.
    await page.getByText('The exceptions have no reason.').waitFor();
    await advanced(page).getByLabel('Reason of the exceptions').fill('Guests have none.');
    await recordStates(page);
    await save.click();
    await throughSyncTo(page, 'Connected');
    const form = await advanced(page).innerText();
    expect(form).toContain('null-roles=none accepted by Local administrator');
    expect(form).toContain('x-team');
    expect(await page.content()).not.toContain('geheim-4711');

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText('Read completely, with 1 exception.').waitFor();
    await page.getByRole('button', { name: 'View logs' }).click();
    const log = page.getByRole('complementary', { name: 'Connector log' });
    await log.getByText('Complete with exceptions').waitFor();
    expect(await log.getByRole('list', { name: 'Exceptions' }).first().innerText()).toContain('Guests have none.');
    await log.getByRole('link', { name: /Certificate of sync/ }).click();
    await page.getByText('What was overruled').waitFor();
    await page.getByText(/by the key [0-9a-f]{64}/).waitFor();
    expect(await checkElsewhere(page)).toContain('signature  valid');
    await page.goBack();

    // Another address: what was entered for the former one is asked for again, also that of the other form.
    await settings(page).getByRole('button', { name: 'Edit', exact: true }).click();
    await settings(page).getByLabel('Base URL').fill(tenant.baseUrl.replace('127.0.0.1', 'localhost'));
    await settings(page).getByLabel('API key').fill(tenant.apiKey);
    await settings(page).getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Enter the Further request headers again.').waitFor();
    await settings(page).getByRole('button', { name: 'Remove x-team' }).click();
    await settings(page).getByRole('button', { name: 'Save', exact: true }).click();
    await untilState(page, 'Error');
    await page.getByText('The connector reads another instance than before.').first().waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  }, 120_000);
});

/** Does what the certificate's page says: keeps the files in one folder, and runs the command there. */
async function checkElsewhere(page: Page): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
  try {
    for (const link of await page.locator('.downloads a').all()) {
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      await download.saveAs(join(folder, download.suggestedFilename()));
    }
    const command = /npx c1z (.*)/.exec(await page.locator('.command').innerText())?.[1] ?? '';
    const run = promisify(execFile);
    return (
      await run(process.execPath, [inRepository('sdk/c1z-cli/bin/c1z.js'), ...command.split(' ')], { cwd: folder })
    ).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
