import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NEEDS_CHROMIUM, chromiumPath, openPage, startChromium } from './support/chromium.ts';
import { APPEARANCES, wear } from './support/appearance.ts';
import { startStack } from './support/stack.ts';
import { walkThrough } from './support/walk.ts';

const RULES = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};

interface Finding {
  id: string;
  nodes: { target: string[]; failureSummary?: string }[];
}

describe.skipIf(chromiumPath === undefined)(`accessibility${NEEDS_CHROMIUM}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  test('no screen has a finding of axe, in both themes, wide and on a phone', async () => {
    await using stack = await startStack({ users: 24, seed: 5 });
    const { page, faults } = await openPage(browser);
    const findings: string[] = [];
    const screens: string[] = [];
    await walkThrough(page, stack, async (screen) => {
      screens.push(screen);
      for (const appearance of APPEARANCES.filter(({ name }) => name !== '390 dark')) {
        await wear(page, appearance);
        // Only colours differ in the dark, and those are the same on a phone; the rest has been looked at by day.
        const rules = appearance.theme === 'light' ? RULES : { type: 'rule', values: ['color-contrast'] };
        findings.push(...(await findingsOf(page, rules)).map((text) => `${screen}, ${appearance.name}: ${text}`));
      }
      await wear(page);
    });
    expect(findings).toEqual([]);
    expect(screens).toEqual(expect.arrayContaining(['sign-in', 'syncing', 'administrators', 'paused', 'error']));
    expect(faults).toEqual([]);
    await page.context().close();
  }, 300_000);

  test('a fault would be found', async () => {
    const { page } = await openPage(browser);
    await page.setContent('<html lang="en"><title>t</title><main><h1>t</h1><img src="a.png"></main>');
    expect(await findingsOf(page)).toEqual([expect.stringContaining('image-alt')]);
    await page.context().close();
  });
});

async function findingsOf(page: Page, rules = RULES): Promise<string[]> {
  await page.evaluate(`window.axe ?? (() => { ${axe.source} })()`);
  // Beside an open dialog React Aria puts buttons for screen readers that close it.
  const off = (await page.getByRole('dialog').count()) > 0 ? { region: { enabled: false } } : {};
  const found = await page.evaluate<Finding[]>(`
    axe.run({ runOnly: ${JSON.stringify(rules)}, rules: ${JSON.stringify(off)}, resultTypes: ['violations'], preload: false }).then(({ violations }) => violations)
  `);
  return found.map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`);
}
