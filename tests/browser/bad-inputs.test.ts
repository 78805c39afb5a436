import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Connector, Problem, type ErrorReport } from '@batonkit/console-contract';
import { startSimulator, type Simulator } from '../support/simulator.ts';
import { runInTerminal } from '../support/terminal.ts';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { addConnector, chip, saveSettings, settings, syncTo, throughSyncTo } from './support/set-up.ts';
import { startWebConsole, type WebConsole } from './support/stack.ts';

interface Row {
  what: string;
  code: string;
  /** The label of the field that it concerns; none: it stands under the chip. */
  field?: string;
  url?: string;
  key?: 'invalid' | 'organisation' | 'weak';
  behaviour?: string;
}

/** What the console itself refuses, what the connector finds, and what lies with the tenant. */
const rows: Row[] = [
  { what: 'no URL', code: 'BK-CONFIG-REQUIRED', field: 'Base URL', url: '' },
  { what: 'a URL that is none', code: 'RL-URL', field: 'Base URL', url: 'acme runlayer' },
  { what: 'plain http to another host', code: 'RL-URL-HTTP', field: 'Base URL', url: 'http://acme.example/api/v1' },
  { what: 'a wrong key', code: 'RL-AUTH-401', field: 'API key', key: 'invalid' },
  { what: 'a weak key', code: 'RL-WEAK-KEY', field: 'API key', key: 'weak' },
  { what: 'JSON that breaks off', code: 'RL-JSON', behaviour: 'truncated-json' },
  { what: 'a count that lies', code: 'RL-COUNT', behaviour: 'count-lies' },
];

describe.skipIf(chromiumPath === undefined)(`bad input in the console${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  let tenant: Simulator;
  let web: WebConsole;
  let page: Page;
  let connector: string;
  beforeAll(async () => {
    [browser, tenant] = await Promise.all([startChromium(), startSimulator('--users 60 --max-limit 20')]);
    web = await startWebConsole([tenant.origin]);
    ({ page } = await openPage(browser));
    await addConnector(page, web.signIn);
    await saveSettings(page, tenant.baseUrl, tenant.keys.super_admin);
    await throughSyncTo(page, 'Connected');
    connector = page.url();
  });
  afterAll(async () => {
    await browser.close();
    await web[Symbol.asyncDispose]();
    await tenant[Symbol.asyncDispose]();
  });

  test.each(rows)('$what: $code, in the words of the connector, with the data that was read before', async (row) => {
    await page.goto(connector);
    const given = {
      'base-url': row.url ?? tenant.baseUrl,
      'api-key': tenant.keys[row.key ?? 'super_admin'],
    };
    const report = await (row.url === '' ? refused(page, given) : saved(page, tenant, row, given));
    expect(report.code).toBe(row.code);
    const { said } = await runInTerminal(given);
    await tenant.behave();
    for (const text of textsOf(report)) expect(said).toContain(text);

    if (row.field !== undefined) await isBeside(settings(page), row.field, report);
    if (row.url !== '') {
      const status = page.getByRole('region', { name: 'Status', exact: true });
      expect(await chip(page).innerText()).toContain('Error');
      expect(await page.locator('.connector-reason').innerText()).toMatch(/Data shown was synced .+\.$/);
      for (const text of textsOf(report)) expect(await status.getByRole('alert').innerText()).toContain(text);
      expect(await status.innerText()).toMatch(/Last read completely (just now|\d+ min ago)/);
      expect(await status.innerText()).toContain('60 accounts');
    }
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    await page.getByRole('grid', { name: 'Administrators' }).waitFor();
    expect(await page.locator('.proof').innerText()).toMatch(/just now|\d+ min ago|\d\d:\d\d/);

    await page.goto(connector);
    await saveSettings(page, tenant.baseUrl, tenant.keys.super_admin);
    await throughSyncTo(page, 'Connected');
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

/** Beside the field, tied to it, and the field has the focus or says that it is wrong when it is opened. */
async function isBeside(area: Locator, label: string, report: ErrorReport): Promise<void> {
  const edit = area.getByRole('button', { name: 'Edit', exact: true });
  if ((await edit.count()) > 0) await edit.click();
  const field = area.getByLabel(label, { exact: true });
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  const tied = (await field.getAttribute('aria-describedby'))?.split(' ') ?? [];
  const words = await Promise.all(tied.map((id) => area.locator(`[id="${id}"]`).innerText()));
  for (const text of textsOf(report)) expect(words.join(' ')).toContain(text);
}

const textsOf = ({ code, title, meaning, remedy }: ErrorReport): string[] => [code, title, meaning, remedy];

/** What the console says at Save. */
async function refused(page: Page, given: Given): Promise<ErrorReport> {
  const answered = page.waitForResponse((response) => response.request().method() === 'PUT');
  await saveSettings(page, given['base-url'], given['api-key']);
  const { problems = [] } = Problem.parse(await (await answered).json());
  const field = settings(page).getByLabel('Base URL', { exact: true });
  await expect.poll(() => field.and(page.locator(':focus')).count()).toBe(1);
  return problems[0] as ErrorReport;
}

/** What the sync that a Save starts ends with. */
async function saved(page: Page, tenant: Simulator, { behaviour }: Row, given: Given): Promise<ErrorReport> {
  if (behaviour === undefined) {
    await saveSettings(page, given['base-url'], given['api-key']);
    await throughSyncTo(page, 'Error');
  } else {
    await tenant.behave(behaviour);
    await syncTo(page, 'Error');
  }
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const answer = await page.request.get(`${new URL(page.url()).origin}/api/v1/connectors/${id}`);
  return Connector.parse(await answer.json()).state.error as ErrorReport;
}

type Given = Record<'base-url' | 'api-key', string>;
