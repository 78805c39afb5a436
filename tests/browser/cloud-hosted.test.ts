import { existsSync, readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inRepository } from '../support/program.ts';
import { isWhole } from '../support/sample.ts';
import type { Person } from '../support/simulator.ts';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { accountsOf, accountsOnScreen, administratorsOf, administratorsOnScreen } from './support/on-screen.ts';
import { labelsOf, seedSteps, stepsOf } from './support/seed.ts';
import { settings, syncTo, untilState } from './support/set-up.ts';
import { startStack, type Stack } from './support/stack.ts';
import { recordStates, statesSeen } from './support/states.ts';

const seeds = isWhole ? [1, 2, 3] : [1];
const PAGE = inRepository('../shared/seed/runlayer-connector-page.mdx');

// The page itself is no part of a clone: where it lies beside one, the steps must be its own.
if (existsSync(PAGE)) {
  test('the steps are those of the page', () => {
    expect(seedSteps.steps).toEqual(stepsOf(readFileSync(PAGE, 'utf8'), seedSteps.tab));
  });
}

describe.skipIf(chromiumPath === undefined)(`the page’s tab ${seedSteps.tab}${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test.each(seeds)('leads to Connected, with the accounts and roles of the tenant (seed %i)', async (seed) => {
    await using stack = await startStack({ users: 60, seed });
    const { page, faults } = await openPage(browser);
    await followThePage(page, stack);

    const people = await stack.people();
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    expect(await administratorsOnScreen(page)).toEqual(administratorsOf(people));
    await page.getByRole('link', { name: /^Accounts/ }).click();
    expect(await accountsOnScreen(page)).toEqual(accountsOf(people));
    expect(people).toHaveLength(60);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('shows what changes in the tenant: promoted, demoted, and held where nobody would be left', async () => {
    await using stack = await startStack({ users: 60, seed: 4 });
    const { page, faults } = await openPage(browser);
    await followThePage(page, stack);
    const connector = page.url();

    const person = personWithoutRole(await stack.people());
    await stack.tell('/promote', { userId: person.id, role: 'super_admin' });
    await syncTo(page, 'Connected');
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    expect(await administratorsOnScreen(page)).toEqual(administratorsOf(await stack.people()));
    const row = page.getByRole('row').filter({ hasText: person.email });
    await row.getByText('Super Admin').waitFor();
    await row.getByText(/^between .* and /).waitFor();
    const timeline = page.getByRole('region', { name: 'What happened when' });
    await timeline.getByText(`${person.name} gained Super Admin`).waitFor();
    expect(await timeline.getByRole('listitem').count()).toBe(2);

    await stack.tell('/demote', { userId: person.id, role: 'super_admin' });
    await page.goto(connector);
    await syncTo(page, 'Connected');
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    expect(await administratorsOnScreen(page)).toEqual(administratorsOf(await stack.people()));
    expect(await page.getByRole('row').filter({ hasText: person.email }).count()).toBe(0);
    await timeline.getByText(`${person.name} lost Super Admin`).waitFor();

    // Down to the last holder of a role of administrators.
    const [last, ...others] = (await stack.people()).filter(({ roles }) =>
      roles.some(({ slug }) => slug === 'it_admin'),
    );
    if (last === undefined) throw new Error('nobody holds the role');
    await page.goto(connector);
    for (const { id } of others) await stack.tell('/demote', { userId: id, role: 'it_admin' });
    if (others.length > 0) await syncTo(page, 'Connected');
    const before = administratorsOf(await stack.people());
    await stack.tell('/demote', { userId: last.id, role: 'it_admin' });
    await syncTo(page, 'Paused');
    await page
      .getByText(/IT Admin would fall from 1 .* to 0/)
      .first()
      .waitFor();
    const held = page.getByRole('region', { name: 'This sync is held. Nothing was applied.' });
    const change = held.getByRole('list', { name: 'Administrators that would change' }).getByRole('listitem');
    expect(await change.allInnerTexts()).toEqual([expect.stringContaining(last.email)]);
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    expect(await administratorsOnScreen(page)).toEqual(before);
    await page.getByText(/^Paused: /).waitFor();

    await page.getByRole('link', { name: /^Open the connector/ }).click();
    // A newer one takes its place under the eyes of somebody who is about to confirm.
    await syncTo(page, 'Paused');
    await held.getByText('Another sync has taken the place of the one that you were reading.').waitFor();
    const confirm = held.getByRole('button', { name: 'Confirm changes' });
    expect(await confirm.getAttribute('aria-disabled')).toBe('true');
    await confirm.click({ force: true });
    await held.getByRole('button', { name: 'I have read this one' }).click();
    await confirm.click();
    await untilState(page, 'Connected');
    expect(await held.count()).toBe(0);
    await page.getByRole('link', { name: /^Who can administer/ }).click();
    await page.getByText(/^Changes confirmed by/).waitFor();
    expect(await administratorsOnScreen(page)).toEqual(administratorsOf(await stack.people()));

    // As of the moment before, it is as it was then, and cannot be taken for now.
    const moment = new Date(Date.now() - 1).toISOString();
    await page.goto(`${page.url()}?asOf=${moment}`);
    await page.getByText('You are looking at').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('could administer');
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

/** Does the steps as they are written, each bold label found by its accessible name. */
async function followThePage(page: Page, stack: Stack): Promise<void> {
  const used: string[] = [];
  const label = (name: string, found: Locator): Locator => {
    used.push(name);
    return found;
  };
  await page.goto(stack.signIn);
  const [navigate, search, how, owner, next, edit, enter, save, watch] = seedSteps.steps;
  const labels = (step: string | undefined): string[] => labelsOf(step ?? '');

  const [integrations = '', connectors = '', add = ''] = labels(navigate);
  const group = label(integrations, page.getByRole('list', { name: integrations, exact: true }));
  await label(connectors, group.getByRole('link', { name: connectors, exact: true })).click();
  await label(add, page.getByRole('link', { name: add, exact: true })).click();

  const [runlayer = '', addIt = ''] = labels(search);
  await page.getByRole('searchbox', { name: 'Search connectors' }).fill(runlayer);
  const card = label(runlayer, page.getByRole('article', { name: runlayer, exact: true }));
  await label(addIt, card.getByRole('link', { name: addIt, exact: true })).click();

  expect(labels(how)).toEqual([]);
  const ways = page.getByRole('radiogroup', { name: 'Choose how to set it up' });
  await ways.waitFor();
  expect(await ways.getByRole('radio').count()).toBe(3);
  await ways.getByText('Create a new managed app').click();
  expect(labels(owner)).toEqual([]);
  await page.getByRole('group', { name: 'Owner' }).getByRole('listitem').first().waitFor();

  const [nextLabel = ''] = labels(next);
  await label(nextLabel, page.getByRole('button', { name: nextLabel, exact: true })).click();

  const [settingsLabel = '', editLabel = ''] = labels(edit);
  const area = label(settingsLabel, page.getByRole('region', { name: settingsLabel, exact: true }));
  await label(editLabel, area.getByRole('button', { name: editLabel, exact: true })).click();

  const [baseUrl = '', apiKey = ''] = labels(enter);
  // Nothing else is asked for.
  expect(await settings(page).locator('input').count()).toBe(2);
  await label(baseUrl, area.getByRole('textbox', { name: baseUrl, exact: true })).fill(stack.baseUrl);
  await label(apiKey, area.getByLabel(apiKey, { exact: true })).fill(stack.apiKey);

  await recordStates(page);
  const [saveLabel = ''] = labels(save);
  await label(saveLabel, area.getByRole('button', { name: saveLabel, exact: true })).click();

  const [syncing = '', connected = ''] = labels(watch);
  await label(connected, page.getByRole('button', { name: new RegExp(`^${connected}`) })).waitFor({ timeout: 60_000 });
  const seen = await statesSeen(page);
  used.push(syncing);
  expect(seen.map((each) => each.label)).toEqual(['Not connected', syncing, 'Processing', connected]);
  // Each stays long enough to be seen; the last one stays.
  for (const { lasted } of seen.slice(1, -1)) expect(lasted).toBeGreaterThanOrEqual(399);

  await page.getByRole('button', { name: 'View logs' }).click();
  const log = page.getByRole('complementary', { name: 'Connector log' });
  await log.getByText('60 accounts').first().waitFor();
  await log.getByRole('tab', { name: 'Requests' }).click();
  await log.getByText('GET /users/me').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => log.count()).toBe(0);

  expect(used.toSorted()).toEqual(seedSteps.steps.flatMap(labelsOf).toSorted());
}

function personWithoutRole(people: Person[]): Person {
  const found = people.find(({ roles, active, name }) => active && name !== null && roles.length === 1);
  if (found?.roles[0]?.slug !== 'user') throw new Error('everybody holds a role');
  return found;
}
