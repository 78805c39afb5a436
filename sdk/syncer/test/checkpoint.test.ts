import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Checkpoint } from '../src/checkpoint.ts';
import type { NewAction, Operation } from '../src/checkpoint.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const action: fc.Arbitrary<NewAction> = fc.record(
  {
    operation: fc.constantFrom<Operation>('list-resources', 'list-entitlements', 'list-grants'),
    pageToken: text,
    resourceTypeId: text,
    resourceId: text,
    parentResourceTypeId: text,
    parentResourceId: text,
    typeScoped: fc.constant(true as const),
    spawned: fc.constant(true as const),
    position: fc.nat(),
  },
  { requiredKeys: ['operation'] },
);
const marks = { at: 1_764_000_000_000, sizes: { visits: 3 }, stored: { grants: 7 } };

test('any stack comes back from its token as it was, and goes on with fresh ids', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 8 }), fc.nat(8), (actions, done) => {
      const one = new Checkpoint();
      const pushed = one.push(...actions);
      for (const finished of pushed.slice(0, done)) one.finish(finished);
      const parsed = Checkpoint.parse(one.toToken(marks));
      expect(parsed?.marks).toEqual(marks);
      const two = parsed?.checkpoint;
      expect(two?.toToken(marks)).toBe(one.toToken(marks));
      expect(two?.top()).toEqual(one.top());
      for (const operation of ['list-resources', 'list-entitlements', 'list-grants'] as const) {
        expect(two?.lists(operation)).toEqual(one.lists(operation));
      }
      const [next] = two?.push({ operation: 'list-grants' }) ?? [];
      expect(pushed.map(({ id }) => id)).not.toContain(next?.id);
    }),
  );
});

test.each([
  ['no JSON', 'x'],
  ['no text', ''],
  ['something else', '{}'],
  ['the token of a genuine syncer, which lacks what is needed', genuine()],
  ['an action that is missing', genuine().replace('"0000000003":', '"0000000009":')],
])('%s is not gone on with', (_name, token) => {
  expect(Checkpoint.parse(token)).toBeUndefined();
});

test('the last token has the form of a genuine one, and nothing of ours', () => {
  const checkpoint = new Checkpoint();
  const [only] = checkpoint.push({ operation: 'init' });
  if (only !== undefined) checkpoint.finish(only);
  expect(JSON.parse(checkpoint.toToken())).toEqual({
    current_action_id: 1,
    completed_actions_count: 1,
    version: 1,
  });
});

function genuine(): string {
  return JSON.stringify({
    actions_map: { '0000000003': { id: '0000000003', operation: 'list-grants', page_token: 'x' } },
    action_order: ['0000000003'],
    current_action_id: 3,
    completed_actions_count: 2,
    version: 1,
  });
}
