import { beforeAll, expect, test } from 'vitest';
import { Tenant } from '../../simulators/runlayer/src/tenant.ts';
import { judge } from '../../tools/prove/faults/judge.ts';
import { States, type State } from '../../tools/prove/faults/states.ts';

// A judge that never objects proves nothing: it is asked about files that are right and wrong.
// At 100 somebody goes, at 200 somebody comes, at 300 that one becomes a Super Admin.
const settings = { seed: 5, users: 12, customRoles: 3 };
let states: States;
let newcomer: string;

beforeAll(() => {
  let now = 0;
  const tenant = new Tenant(settings, () => new Date(now));
  const leaving = [...tenant.everybody()].find((person) => !tenant.ownsKey(person));
  newcomer = tenant.nextId();
  now = 100;
  tenant.change({ kind: 'delete', userId: leaving?.id ?? '' }, 'test');
  now = 200;
  tenant.change({ kind: 'add', userId: newcomer, name: 'N', email: 'n@example.com', type: 'user', roles: [] }, 'test');
  now = 300;
  tenant.change({ kind: 'promote', userId: newcomer, role: 'super_admin' }, 'test');
  states = new States(settings, tenant.changes);
});

const span = (from: number, to: number) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
const moment = (from: number, to: number) => ({ verdict: 'complete', moment: span(from, to) });
const window = (from: number, to: number) => ({ verdict: 'complete', window: span(from, to) });
const without = (state: State, user: string): State => ({
  ...state,
  users: new Set([...state.users].filter((id) => id !== user)),
});
/** Somebody who is there from the first to the last state. */
const steady = (): string => [...states.after(0).users].find((id) => states.after(3).users.has(id)) ?? '';
/** Rows of the state before the first change, and those of the one after the second: no instant had both. */
const mixed = (): State => ({
  ...states.after(0),
  users: new Set([...states.after(0).users, ...states.after(2).users]),
});

test.each([
  ['the state of the moment', () => judge(states.after(1), moment(120, 180), states)],
  ['the state before a change in the moment', () => judge(states.after(0), moment(50, 150), states)],
  ['the state after it', () => judge(states.after(1), moment(50, 150), states)],
  ['the state before the first change, long ago', () => judge(states.after(0), moment(10, 20), states)],
  ['the last state, long after', () => judge(states.after(3), moment(9000, 9001), states)],
  ['a mixture, in a window in which each row was there', () => judge(mixed(), window(50, 250), states)],
  [
    'exceptions that somebody took on',
    () => judge(states.after(1), { ...moment(120, 180), verdict: 'complete with exceptions' }, states),
  ],
])('is content with %s', (_, verdict) => {
  expect(verdict()).toBeUndefined();
});

test.each([
  ['a state that was over before the moment', () => judge(states.after(0), moment(120, 180), states)],
  ['a state that came after the moment', () => judge(states.after(2), moment(120, 180), states)],
  ['a user too few', () => judge(without(states.after(1), steady()), moment(120, 180), states)],
  ['a pair too few', () => judge({ ...states.after(1), pairs: new Set() }, moment(120, 180), states)],
  ['a mixture that no instant had', () => judge(mixed(), moment(50, 250), states)],
  ['a row that was never there in the window', () => judge(mixed(), window(220, 280), states)],
  ['somebody missing who was there all the time', () => judge(without(mixed(), steady()), window(50, 250), states)],
  ['a verdict that is none', () => judge(states.after(1), { ...moment(120, 180), verdict: 'failed' }, states)],
  ['neither moment nor window', () => judge(states.after(1), { verdict: 'complete' }, states)],
  ['a span that ends before it begins', () => judge(states.after(1), moment(180, 120), states)],
])('objects to %s', (_, verdict) => {
  expect(verdict()).toEqual(expect.any(String));
});
