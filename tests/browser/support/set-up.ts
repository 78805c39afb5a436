import type { Locator, Page } from 'playwright-core';
import { recordStates, untilSeen } from './states.ts';

export const settings = (page: Page): Locator => page.getByRole('region', { name: 'Settings', exact: true });
export const chip = (page: Page): Locator => page.locator('main .chip[data-state]').first();

/** From a fresh session to a connector without settings. */
export async function addConnector(page: Page, signIn: string): Promise<void> {
  await page.goto(signIn);
  await page.getByRole('link', { name: 'Add connector' }).click();
  await page.getByRole('article', { name: 'Runlayer' }).getByRole('link', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await settings(page).waitFor();
}

/** Fills the form and saves it; what the chip says from then on is written down. */
export async function saveSettings(page: Page, baseUrl: string, apiKey: string): Promise<void> {
  const area = settings(page);
  await area.getByRole('button', { name: 'Edit', exact: true }).click();
  await area.getByLabel('Base URL').fill(baseUrl);
  await area.getByLabel('API key').fill(apiKey);
  await recordStates(page);
  await area.getByRole('button', { name: 'Save', exact: true }).click();
}

/** Waits until no sync runs, and the chip has come to a state. */
export async function untilState(page: Page, label: string): Promise<void> {
  await page.getByRole('button', { name: 'Sync now' }).waitFor({ timeout: 60_000 });
  try {
    await page.getByRole('button', { name: new RegExp(`^${label}`) }).waitFor();
  } catch (error) {
    throw new Error(`not ${label}, but: ${await page.getByRole('main').innerText()}`, { cause: error });
  }
}

/** After a sync was asked for, and the chip recorded since before: until it has begun, and has ended in a state. */
export async function throughSyncTo(page: Page, label: string): Promise<void> {
  await untilSeen(page, 'Syncing');
  await untilState(page, label);
}

/** Sync now, until it has ended in a state. */
export async function syncTo(page: Page, label: string): Promise<void> {
  await recordStates(page);
  await page.getByRole('button', { name: 'Sync now' }).click();
  await throughSyncTo(page, label);
}

/** Asks for all pages of a list. */
export async function showAll(page: Page): Promise<void> {
  const more = page.getByRole('button', { name: 'Show more' });
  while ((await more.count()) > 0) {
    const rows = await page.getByRole('row').count();
    await more.click();
    await page.getByRole('row').nth(rows).waitFor();
  }
}
