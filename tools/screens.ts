// node tools/screens.ts [FOLDER]: every screen at 1440 and 390 px, by day and by night, one sheet a screen, into
// docs/screens. Needs chromium. `--only NAME` (repeatable) makes some sheets only.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { APPEARANCES, wear } from '../tests/browser/support/appearance.ts';
import { openPage, startChromium } from '../tests/browser/support/chromium.ts';
import { startStack } from '../tests/browser/support/stack.ts';
import { walkThrough } from '../tests/browser/support/walk.ts';
import { inRepository } from '../tests/support/program.ts';

/** So small that a clone stays small, and a word can still be read. */
const SCALE = 0.5;
const TALLEST = { 1440: 1400, 390: 1500 } as const;
const MOST_BYTES = 300_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', multiple: true } },
});
const folder = positionals[0] ?? inRepository('docs/screens');
mkdirSync(folder, { recursive: true });

const browser = await startChromium();
try {
  await using stack = await startStack({ users: 120, seed: 7 });
  const { page } = await openPage(browser);
  let number = 0;
  await walkThrough(page, stack, async (screen) => {
    number += 1;
    if (values.only?.includes(screen) === false) return;
    const shots: Shot[] = [];
    for (const appearance of APPEARANCES) {
      await wear(page, appearance);
      shots.push({ ...appearance, image: await shoot(page, appearance.width === 390 ? 390 : 1440) });
    }
    await wear(page);
    const name = `${String(number).padStart(2, '0')}-${screen}.png`;
    const sheet = await sheetOf(browser, shots);
    writeFileSync(join(folder, name), sheet);
    process.stdout.write(`${name}  ${Math.round(sheet.length / 1000)} kB\n`);
  });
} finally {
  await browser.close();
}

interface Shot {
  name: string;
  width: number;
  image: Buffer;
}

/** The whole page, as far as it is not endless. */
async function shoot(page: Page, width: keyof typeof TALLEST): Promise<Buffer> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  const before = page.viewportSize();
  await page.setViewportSize({ width, height: Math.min(Math.max(height, before?.height ?? 0), TALLEST[width]) });
  return page.screenshot({ animations: 'disabled' });
}

/** The shots side by side, at half their size; smaller still where the file would be large. */
async function sheetOf(browser: Browser, shots: readonly Shot[]): Promise<Buffer> {
  for (let scale = SCALE; ; scale *= 0.9) {
    const figures = shots.map(({ name, width, image }) => {
      const source = `data:image/png;base64,${image.toString('base64')}`;
      return `<figure><figcaption>${name}</figcaption><img src="${source}" width="${Math.round(width * scale)}"></figure>`;
    });
    const page = await browser.newPage();
    await page.setContent(`<style>
      body { margin: 0; padding: 16px; width: max-content; background: #c9cdca; font: 12px sans-serif; }
      body { display: grid; grid-template-columns: repeat(2, max-content); gap: 16px; align-items: start; }
      figure { margin: 0; } figcaption { padding-bottom: 4px; } img { display: block; }
    </style>${figures.join('')}`);
    const sheet = await page.locator('body').screenshot();
    await page.close();
    if (sheet.length <= MOST_BYTES) return sheet;
  }
}
