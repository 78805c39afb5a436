import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectorProgram } from '../support/console.ts';
import { runProgram } from '../support/program.ts';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { addConnector, settings } from './support/set-up.ts';
import { startWebConsole } from './support/stack.ts';

interface Declaration {
  fields: { name: string; displayName?: string; description?: string }[];
}

describe.skipIf(chromiumPath === undefined)(`the form is the connector’s own declaration${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'declaration-'));
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  /** Our connector, which declares the same but for what is changed. */
  async function declaring(change: (declaration: Declaration) => void): Promise<string> {
    const answers: Record<string, string> = {};
    for (const what of ['config', 'capabilities', '--version'])
      answers[what] = (await runProgram([connectorProgram, what], { PATH: process.env['PATH'] ?? '' }, folder)).out;
    const declaration = JSON.parse(answers['config'] ?? '') as Declaration;
    change(declaration);
    answers['config'] = JSON.stringify(declaration);
    const program = join(folder, 'connector.mjs');
    writeFileSync(program, `process.stdout.write((${JSON.stringify(answers)})[process.argv[2]]);`);
    return program;
  }

  test('another label and another help in it are another label and help on the page', async () => {
    const program = await declaring(({ fields }) => {
      const field = fields.find(({ name }) => name === 'base-url');
      if (field === undefined) throw new Error('it declares no base-url');
      field.displayName = 'Address of the tenant';
      field.description = 'Where your browser finds it.';
    });
    await using web = await startWebConsole([], [program]);
    const { page, faults } = await openPage(browser);
    await addConnector(page, web.signIn);
    await settings(page).getByText('Address of the tenant').waitFor();
    await settings(page).getByRole('button', { name: 'Edit', exact: true }).click();
    const field = settings(page).getByRole('textbox', { name: 'Address of the tenant', exact: true });
    await field.waitFor();
    await settings(page).getByText('Where your browser finds it.').waitFor();
    expect(await settings(page).getByText('Base URL').count()).toBe(0);
    await settings(page).getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    await settings(page)
      .getByText(/Address of the tenant is missing/)
      .waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
