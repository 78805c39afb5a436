import type { Page } from 'playwright-core';
import { chip, saveSettings, settings, syncTo, throughSyncTo, untilState } from './set-up.ts';
import type { Stack } from './stack.ts';

/** Is told when a screen stands. */
export type Look = (screen: string) => Promise<void>;

/** Every screen of the console, in the order in which somebody meets them. */
export async function walkThrough(page: Page, stack: Stack, look: Look): Promise<void> {
  await signIn(page, stack, look);
  const connector = await firstSync(page, stack, look);
  const firstRead = new Date().toISOString();
  await changes(page, stack);
  await readings(page, look, firstRead);
  await held(page, stack, connector, look);
  await failed(page, stack, connector, look);
}

const heading = (page: Page, text: string | RegExp) =>
  page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();
const administrators = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: /^Who can administer/ }).click();
  await page.getByRole('grid', { name: 'Administrators' }).waitFor();
};

async function signIn(page: Page, { console, signIn: link }: Stack, look: Look): Promise<void> {
  await page.goto(`${console}/sign-in`);
  await heading(page, 'Sign in with the link of the console');
  await look('sign-in');
  await page.goto(`${console}/sign-in?again#token=used-up`);
  await heading(page, 'That link did not sign you in.');
  await look('sign-in-refused');
  await page.goto(link.replace('/sign-in#', '/sign-in?once#'));
  await page.getByText('No connector yet').waitFor();
  await look('connectors-empty');
}

/** From the catalogue to Connected; the address of the connector. */
async function firstSync(page: Page, stack: Stack, look: Look): Promise<string> {
  await page.getByRole('link', { name: 'Add connector' }).click();
  const card = page.getByRole('article', { name: 'Runlayer' });
  await card.waitFor();
  await look('add-connector');
  await card.getByRole('link', { name: 'Add', exact: true }).click();
  await page.getByRole('radiogroup').waitFor();
  await look('set-up');
  await page.getByRole('button', { name: 'Next' }).click();
  const area = settings(page);
  await area.getByRole('button', { name: 'Edit', exact: true }).click();
  await area.getByLabel('Base URL').fill(stack.baseUrl);
  await area.getByLabel('API key').fill(stack.apiKey);
  await look('settings-edit');

  await stack.tell('/hold', { n: 2, path: '/users' });
  await area.getByRole('button', { name: 'Save', exact: true }).click();
  await stack.tell('/held?timeout=30000');
  await chip(page).getByText('Syncing').waitFor();
  await look('syncing');
  await stack.tell('/release', { pending: true });
  await untilState(page, 'Connected');
  await look('connected');
  const address = page.url();

  await page.goto(`${address}?tab=advanced`);
  await page.getByRole('button', { name: 'Edit advanced settings' }).click();
  await look('advanced-settings');
  await page.goto(address);
  await page.getByRole('button', { name: 'View logs' }).click();
  const log = page.getByRole('complementary', { name: 'Connector log' });
  for (const tab of ['Sync history', 'Requests', 'Audit']) {
    await log.getByRole('tab', { name: tab }).click();
    await log.getByRole('listitem').first().waitFor();
    await look(tab === 'Sync history' ? 'log' : `log-${tab.toLowerCase()}`);
  }
  await page.goto(address);
  return address;
}

/** Somebody comes to a role, and somebody else leaves one. */
async function changes(page: Page, stack: Stack): Promise<void> {
  const people = await stack.people();
  const plain = people.filter(({ roles, active }) => active && roles.every(({ slug }) => slug === 'user'));
  const admin = people.find(({ roles }) => roles.some(({ slug }) => slug === 'security_admin'));
  await stack.tell('/promote', { userId: plain[0]?.id, role: 'super_admin' });
  await syncTo(page, 'Connected');
  if (admin !== undefined) await stack.tell('/demote', { userId: admin.id, role: 'security_admin' });
  await stack.tell('/promote', { userId: plain[1]?.id, role: 'it_admin' });
  await syncTo(page, 'Connected');
}

async function readings(page: Page, look: Look, past: string): Promise<void> {
  await administrators(page);
  await page.getByRole('region', { name: 'What happened when' }).getByRole('listitem').first().waitFor();
  await look('administrators');
  const now = page.url();
  await page.goto(`${now}?asOf=${past}`);
  await page.getByText('You are looking at').waitFor();
  await page.getByRole('grid').waitFor();
  await look('as-of-past');
  await page.getByRole('button', { name: /^As of/ }).click();
  await page.getByRole('dialog').waitFor();
  await look('as-of-choosing');

  await page.goto(`${now}?q=nobody-is-called-this`);
  await page.getByRole('button', { name: /Clear/ }).waitFor();
  await look('no-hits');
  for (const [tab, table] of [
    ['Accounts', 'Accounts'],
    ['Resources', 'Roles'],
  ] as const) {
    await page.goto(now.replace('administrators', tab.toLowerCase()));
    await page.getByRole('grid', { name: table }).waitFor();
    await look(tab.toLowerCase());
  }
  await page.getByRole('link', { name: 'Super Admin' }).click();
  await page.getByRole('grid', { name: 'Holders' }).waitFor();
  await look('role');
  await page.goto(now);
  await page.getByRole('grid').getByRole('link').first().click();
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  await look('account');
  await page.goto(now);
  await page.locator('.proof').getByRole('link').first().click();
  await page.getByText('What it does not say').waitFor();
  await look('certificate');
  await page.getByRole('navigation', { name: 'Main', exact: true }).getByRole('link', { name: 'Apps' }).click();
  await page.getByRole('grid').waitFor();
  await look('apps');
  await page.goto(now.replace(/apps.*/, 'nowhere'));
  await page.getByRole('heading', { level: 1 }).waitFor();
  await look('nothing-here');
}

/** Nobody would be left in a role. */
async function held(page: Page, stack: Stack, connector: string, look: Look): Promise<void> {
  await page.goto(connector);
  for (const { id, roles } of await stack.people()) {
    if (roles.some(({ slug }) => slug === 'it_admin')) await stack.tell('/demote', { userId: id, role: 'it_admin' });
  }
  await syncTo(page, 'Paused');
  await look('paused');
  await administrators(page);
  await look('administrators-paused');
  await page.goto(connector);
  await page.getByRole('button', { name: 'Confirm changes' }).click();
  await untilState(page, 'Connected');
}

async function failed(page: Page, stack: Stack, connector: string, look: Look): Promise<void> {
  await stack.tell('/behaviours', { set: ['truncated-json'] });
  await syncTo(page, 'Error');
  await look('error');
  await stack.tell('/behaviours', { set: [] });
  await saveSettings(page, stack.baseUrl, `${stack.apiKey.slice(0, -4)}0000`);
  await throughSyncTo(page, 'Error');
  await settings(page).getByText('RL-AUTH-401').waitFor();
  await settings(page).getByRole('button', { name: 'Edit', exact: true }).click();
  await look('error-at-field');
  await page.goto(connector.replace(/[^/]+$/, ''));
  await page.getByRole('grid', { name: 'Connectors' }).waitFor();
  await look('connectors');
}
