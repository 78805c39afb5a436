import type { Page } from 'playwright-core';
import type { Person } from '../../support/simulator.ts';
import { showAll } from './set-up.ts';

const PLATFORM = new Set(['analytics_admin', 'developer', 'helpdesk', 'user']);

/** Accounts with their roles, in one form for both sides: `email: role, role`. */
export function accountsOf(people: readonly Person[]): string[] {
  return people.map(({ email, roles }) => `${email}: ${namesOf(roles)}`).toSorted();
}

/** Holders of a role that is critical, high or of no known tier. */
export function administratorsOf(people: readonly Person[]): string[] {
  return people
    .map(({ email, roles }) => ({ email, strong: roles.filter(({ slug }) => !PLATFORM.has(slug)) }))
    .filter(({ strong }) => strong.length > 0)
    .map(({ email, strong }) => `${email}: ${namesOf(strong)}`)
    .toSorted();
}

const namesOf = (roles: Person['roles']): string =>
  roles
    .map(({ name }) => name)
    .toSorted()
    .join(', ');

export const accountsOnScreen = (page: Page): Promise<string[]> => rowsOf(page, 'Accounts', '.c-roles');
export const administratorsOnScreen = (page: Page): Promise<string[]> => rowsOf(page, 'Administrators', '.c-role');

/** All rows of a table as one reads them: the email, and the cell of a column. */
async function rowsOf(page: Page, table: string, column: string): Promise<string[]> {
  const grid = page.getByRole('grid', { name: table, exact: true });
  await grid.waitFor();
  await showAll(page);
  const cells = (selector: string): Promise<string[]> => grid.locator(`tbody ${selector}`).allInnerTexts();
  const [emails, roles] = await Promise.all([cells('.who-sub'), cells(column)]);
  if (emails.length !== roles.length) throw new Error('there are not as many cells as rows');
  return emails.map((email, row) => `${email}: ${sorted(roles[row] ?? '')}`).toSorted();
}

/** `A, B and C`, or `A` and below it `and B`. */
function sorted(text: string): string {
  if (text === 'no role') return '';
  return text
    .replaceAll('\n', ' ')
    .split(/, | and /)
    .toSorted()
    .join(', ');
}
