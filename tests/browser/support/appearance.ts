import type { Page } from 'playwright-core';

export interface Appearance {
  name: string;
  width: number;
  height: number;
  theme: 'light' | 'dark';
}

/** How everything is looked at: wide and on a phone, by day and by night. */
export const APPEARANCES: readonly Appearance[] = (['light', 'dark'] as const).flatMap((theme) => [
  { name: `1440 ${theme}`, width: 1440, height: 900, theme },
  { name: `390 ${theme}`, width: 390, height: 844, theme },
]);

/** Puts it on, and waits until nothing moves any more. Without one: as a page is opened. */
export async function wear(page: Page, appearance = APPEARANCES[0]): Promise<void> {
  if (appearance === undefined) return;
  await page.emulateMedia({ colorScheme: appearance.theme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width: appearance.width, height: appearance.height });
  await page.evaluate(`
    Promise.all(document.getAnimations().map((each) => each.playState === 'running' && each.effect.getComputedTiming().endTime !== Infinity ? each.finished.catch(() => {}) : 0))
      .then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
      .then(() => undefined)
  `);
}
