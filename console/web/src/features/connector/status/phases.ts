import type { ListProgress, Run } from '@batonkit/console-contract';
import type { z } from 'zod';
import { count, figure } from '../../../lib/words.ts';
import type { PhaseView } from '../../../ui/progress.tsx';

type List = z.infer<typeof ListProgress>;

const ORDER = ['queued', 'validate', 'read', 'prove', 'store', 'save', 'ingest'] as const satisfies Run['phase'][];

/** Every sync reads these, so they have a place before the first row has come. */
const EXPECTED = ['roles', 'users'] as const;

/** The lists of the first reading, then the check, then the taking over. */
export function phasesOf(run: Run): PhaseView[] {
  const at = ORDER.indexOf(run.phase);
  const first = run.lists.filter(({ pass }) => pass === 1);
  const checked = run.lists.filter(({ pass }) => pass > 1);
  const missing = EXPECTED.filter((name) => first.every((list) => list.name !== name));
  const lists = [...first, ...missing.map(nothingYet)].toSorted((a, b) => placeOf(a) - placeOf(b));
  return [
    ...lists.map((list) => listPhase(list, at)),
    {
      id: 'check',
      name: 'Check',
      state: at > ORDER.indexOf('prove') ? 'done' : checked.length > 0 || run.phase === 'prove' ? 'now' : 'next',
      figure: checked.length === 0 ? (at > ORDER.indexOf('prove') ? 'Done' : 'Next') : figure(sum(checked)),
      of: checked.length === 0 ? '' : 'read again',
      detail: 'Second reading and counts agree',
    },
    {
      id: 'apply',
      name: 'Processing',
      state: run.phase === 'ingest' ? 'now' : 'next',
      figure: run.phase === 'ingest' ? 'Now' : 'Next',
      of: '',
      detail: 'Compared with the last applied sync',
    },
  ];
}

function listPhase({ name, received, total, pages, done }: List, at: number): PhaseView {
  const finished = done || at > ORDER.indexOf('prove');
  const begun = pages > 0 || received > 0;
  return {
    id: name,
    name: name.slice(0, 1).toUpperCase() + name.slice(1),
    state: finished ? 'done' : begun ? 'now' : 'next',
    figure: finished || begun ? figure(received) : 'Next',
    of: finished || !begun ? '' : total === null ? 'so far' : `of ${figure(total)}`,
    detail: finished ? 'Read to the end' : begun ? count(pages, 'page') : 'Not asked for yet',
  };
}

const nothingYet = (name: string): List => ({ name, pass: 1, received: 0, total: null, pages: 0, done: false });

/** The expected ones first and always in the same place; the others as they come. */
function placeOf({ name }: List): number {
  const place = EXPECTED.findIndex((expected) => expected === name);
  return place === -1 ? EXPECTED.length : place;
}

/** Of two readings, how much is done; undefined as long as the total of a list is not known. */
export function shareOf({ lists, phase }: Run): number | undefined {
  if (phase === 'store' || phase === 'save' || phase === 'ingest') return 1;
  const totals = lists.filter(({ pass, total }) => pass === 1 && total !== null && total > 0);
  if (EXPECTED.some((name) => totals.every((list) => list.name !== name))) return undefined;
  const names = new Set(totals.map(({ name }) => name));
  const total = totals.reduce((all, list) => all + (list.total ?? 0), 0);
  return Math.min(sum(lists.filter(({ name }) => names.has(name))) / (2 * total), 1);
}

const sum = (lists: List[]): number => lists.reduce((all, { received }) => all + received, 0);
