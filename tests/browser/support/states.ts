import { setInterval } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** What the chip said, and for how long, in milliseconds; of the last one, until now. */
export interface SeenState {
  label: string;
  lasted: number;
}

// As texts, because these sources know no document.
const RECORD = `
  window.recording = [];
  const look = () => {
    const label = document.querySelector('main .chip[data-state]')?.childNodes[1]?.textContent;
    if (label && window.recording.at(-1)?.label !== label) window.recording.push({ label, at: performance.now() });
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  look();
`;
const READ = `
  window.recording.map(({ label, at }, index, all) => ({
    label,
    lasted: (all[index + 1]?.at ?? performance.now()) - at,
  }))
`;

/** Writes down from now on what the chip says. A reload would lose it, so that a reload cannot pass unseen. */
export async function recordStates(page: Page): Promise<void> {
  await page.evaluate(RECORD);
}

export function statesSeen(page: Page): Promise<SeenState[]> {
  return page.evaluate<SeenState[]>(READ);
}

/** Waits until the recording holds a state, which may be over by then: a look now and again would miss it. */
export async function untilSeen(page: Page, label: string): Promise<void> {
  const end = performance.now() + 20_000;
  for await (const _ of setInterval(50)) {
    const seen = await statesSeen(page);
    if (seen.some((each) => each.label === label)) return;
    if (performance.now() > end) throw new Error(`never ${label}, but ${seen.map((each) => each.label).join(', ')}`);
  }
}
