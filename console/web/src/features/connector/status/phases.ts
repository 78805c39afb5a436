import type { ListProgress, Run } from '@batonkit/console-contract';
import type { z } from 'zod';
import { count, figure } from '../../../lib/words.ts';
import type { PhaseView } from '../../../ui/progress.tsx';

type List = z.infer<typeof ListProgress>;

const ORDER = ['queued', 'validate', 'read', 'prove', 'store', 'save', 'ingest'] as const satisfies Run['phase'][];

/** Every sync reads these, so they have a place before the first row has come. */
const EXPECTED = ['roles', 'users'] as const;

const READ = ORDER.indexOf('read');
const PROVE = ORDER.indexOf('prove');

/** The way in, the lists of the first reading, the check, and the taking over. One of them is always under way. */
export function phasesOf(run: Run): PhaseView[] {
  const at = ORDER.indexOf(run.phase);
  const lists = listsOf(run);
  const finished = lists.map(({ done }) => done || at > PROVE);
  return [
    accessPhase(run, at),
    ...lists.map((list, index) =>
      finished[index] === true ? readPhase(list) : openPhase(list, at >= READ && finished.indexOf(false) === index),
    ),
    checkPhase(run, at, !finished.includes(false)),
    applyPhase(run, at),
  ];
}

function listsOf({ lists }: Run): List[] {
  const first = lists.filter(({ pass }) => pass === 1);
  const missing = EXPECTED.filter((name) => first.every((list) => list.name !== name));
  return [...first, ...missing.map(nothingYet)].toSorted((a, b) => placeOf(a) - placeOf(b));
}

function accessPhase({ requests }: Run, at: number): PhaseView {
  const done = at >= READ;
  return {
    id: 'access',
    name: 'Access',
    state: done ? 'done' : 'now',
    figure: done ? 'Done' : 'Now',
    of: done || requests === 0 ? '' : count(requests, 'request'),
    detail: 'Address, key, and what it may see',
  };
}

function readPhase({ name, received }: List): PhaseView {
  return { id: name, name: titleOf(name), state: 'done', figure: figure(received), of: '', detail: 'Read to the end' };
}

/** @param isNext nothing is left to be read before it */
function openPhase({ name, received, total, pages }: List, isNext: boolean): PhaseView {
  const begun = pages > 0 || received > 0;
  return {
    id: name,
    name: titleOf(name),
    state: begun || isNext ? 'now' : 'next',
    figure: begun ? figure(received) : isNext ? 'Now' : 'Next',
    of: begun ? (total === null ? 'so far' : `of ${figure(total)}`) : '',
    detail: begun ? count(pages, 'page') : isNext ? 'Asked for' : 'To be read',
  };
}

function checkPhase({ lists, phase }: Run, at: number, allRead: boolean): PhaseView {
  const again = sum(lists.filter(({ pass }) => pass > 1));
  const state = at > PROVE ? 'done' : again > 0 || phase === 'prove' || allRead ? 'now' : 'next';
  return {
    id: 'check',
    name: 'Check',
    state,
    figure: again > 0 ? figure(again) : { done: 'Done', now: 'Now', next: 'Next' }[state],
    of: again > 0 ? 'read again' : '',
    detail: 'Second reading and counts agree',
  };
}

function applyPhase({ phase }: Run, at: number): PhaseView {
  const isNow = at > PROVE;
  return {
    id: 'apply',
    name: 'Processing',
    state: isNow ? 'now' : 'next',
    figure: isNow ? 'Now' : 'Next',
    of: '',
    detail: isNow && phase !== 'ingest' ? 'Writing the file' : 'Compared with the last applied sync',
  };
}

const titleOf = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);
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
