import { describe, expect, test } from 'vitest';
import { asOfFrom, instantOf } from '../src/lib/as-of.ts';
import { ago, between, sinceOf, spanText } from '../src/lib/time.ts';

const at = (text: string): string => new Date(text).toISOString();
const syncId = '0ujsszwN8NRY24YaXiTIE2VWDTS';

describe('an age', () => {
  const now = Date.parse('2026-11-24T10:14:00');
  test.each([
    ['2026-11-24T10:13:30', 'just now'],
    // The clock of a console may be ahead.
    ['2026-11-24T10:14:20', 'just now'],
    ['2026-11-24T10:13:00', '1 min ago'],
    ['2026-11-24T09:15:00', '59 min ago'],
    ['2026-11-24T09:14:00', '1 h ago'],
    ['2026-11-24T08:02:00', '2 h 12 min ago'],
    ['2026-11-22T10:15:00', '47 h 59 min ago'],
    ['2026-11-22T10:14:00', 'on 22 Nov 2026, 10:14'],
    ['2025-01-02T03:04:00', 'on 2 Jan 2025, 03:04'],
  ])('%s: %s', (instant, text) => {
    expect(ago(at(instant), now)).toBe(text);
  });
});

describe('a beginning is known as an interval only, and said so', () => {
  test.each([
    ['2026-11-24T10:02:00', '2026-11-24T11:02:00', 'between 10:02 and 11:02'],
    ['2026-11-24T10:02:05', '2026-11-24T10:02:19', 'between 10:02:05 and 10:02:19'],
    ['2026-11-23T23:50:00', '2026-11-24T00:10:00', 'between 23 Nov 2026, 23:50 and 24 Nov 2026, 00:10'],
    // The same clock on another day is no moment.
    ['2026-11-23T10:02:00', '2026-11-24T10:02:00', 'between 23 Nov 2026, 10:02 and 24 Nov 2026, 10:02'],
  ])('%s to %s: %s', (after, before, text) => {
    const bound = { after: at(after), before: at(before), syncId };
    expect(between(bound)).toBe(text);
    expect(sinceOf({ from: bound, to: null })).toEqual({ text: '24 Nov 2026', sub: text });
  });

  test('what the first sync found began at an unknown time before it', () => {
    const from = { after: null, before: at('2026-11-24T10:02:00'), syncId };
    expect(sinceOf({ from, to: null })).toEqual({ text: 'before 24 Nov 2026', sub: 'first sync; start not known' });
    expect(between(from)).toBe('before 24 Nov 2026, 10:02');
  });

  test('a read is true at a moment within its time', () => {
    const from = at('2026-11-24T10:02:05');
    const moment = (to: string) => spanText({ kind: 'moment', from, to });
    expect(moment(from)).toBe('at 10:02:05');
    expect(moment(at('2026-11-24T10:02:19'))).toBe('at a moment between 10:02:05 and 10:02:19');
    expect(moment(at('2026-11-25T10:02:05'))).toMatch(/^at a moment between/);
  });

  test('a window is never called a moment', () => {
    const from = at('2026-11-24T10:02:05');
    const text = spanText({ kind: 'window', from, to: at('2026-11-24T10:02:19') });
    expect(text).toBe('between 10:02:05 and 10:02:19, while the tenant changed');
  });
});

describe('the moment in an address', () => {
  test('is a date, which means its end in UTC, or an instant', () => {
    expect(instantOf('2026-01-31')).toBe('2026-01-31T23:59:59.999Z');
    expect(instantOf('2026-01-31T10:00:00.000Z')).toBe('2026-01-31T10:00:00.000Z');
    expect(asOfFrom('2026-01-31')).toBe('2026-01-31');
  });

  test.each([undefined, '', 'yesterday', '2026-02-30', '31.01.2026', '2026-01', 7, ['2026-01-31'], '9999-12-31'])(
    '%j is now: not a moment, or one that nobody has read',
    (value) => {
      expect(asOfFrom(value)).toBeUndefined();
    },
  );
});
