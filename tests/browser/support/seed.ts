import { readFileSync } from 'node:fs';
import { inRepository } from '../../support/program.ts';

/** The documentation that the console follows, as data: the steps of one tab, and what is bold in them. */
export interface SeedSteps {
  page: string;
  tab: string;
  steps: string[];
}

export const seedSteps = JSON.parse(readFileSync(inRepository('tests/fixtures/seed-steps.json'), 'utf8')) as SeedSteps;

/** Bold labels of a text, in order. */
export const labelsOf = (text: string): string[] =>
  [...text.matchAll(/\*\*(.+?)\*\*/g)].map(([, label]) => label ?? '');

/** The steps of one tab of a page, each as one line. */
export function stepsOf(page: string, tab: string): string[] {
  const from = page.indexOf(`<Tab title="${tab}">`);
  const inside = page.slice(from, page.indexOf('</Tab>', from));
  return [...inside.matchAll(/<Step>([\s\S]*?)<\/Step>/g)].map(([, text]) =>
    (text ?? '').replaceAll(/\s+/g, ' ').trim(),
  );
}
