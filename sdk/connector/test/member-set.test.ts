import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemberSet } from '../src/reading/member-set.ts';

const texts = fc.array(
  fc.integer({ min: 0, max: 40 }).map((n) => `m${n}`),
  { maxLength: 60 },
);

describe('the members of two passes', () => {
  test('are what two sets would say, over any number of passes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ added: texts, dropped: texts, aside: texts }), { minLength: 1, maxLength: 5 }),
        (passes) => {
          const members = new MemberSet();
          let before = new Set<string>();
          for (const { added, dropped, aside } of passes) {
            members.begin(false);
            const now = new Set<string>();
            for (const text of added) {
              const expected = now.has(text) ? 'again' : before.has(text) ? 'known' : 'new';
              expect(members.add(text)).toBe(expected);
              now.add(text);
            }
            for (const text of dropped) {
              members.drop(text);
              now.delete(text);
            }
            for (const text of aside.filter((text) => now.has(text))) members.putAside(text);
            // Before some are put aside, and without those that a pass before had put there.
            expect(members.size).toBe(now.size);
            members.dropAside();
            for (const text of aside) now.delete(text);
            expect(members.size).toBe(now.size);
            expect(members.differences).toBe(
              [...now, ...before].filter((text) => now.has(text) !== before.has(text)).length,
            );
            for (let n = 0; n <= 40; n++) {
              expect(members.has(`m${n}`)).toBe(now.has(`m${n}`));
              expect(members.wasThere(`m${n}`)).toBe(before.has(`m${n}`));
            }
            before = now;
          }
        },
      ),
    );
  });

  test('have one digest, that of their sorted hashes, whatever order and passes they came in', () => {
    const names = Array.from({ length: 3000 }, (_, n) => `user-${n}`);
    const hashes = names
      .map((name) => createHash('sha256').update(name).digest().subarray(0, 16))
      .sort((a, b) => a.compare(b));
    const expected = createHash('sha256').update(Buffer.concat(hashes)).digest('hex');
    const members = new MemberSet();
    for (const name of [...names, 'gone']) members.add(name);
    members.begin(false);
    for (const name of names.reverse()) members.add(name);
    expect(members.digest()).toBe(expected);
  });

  test('take 16 bytes each and the room to find them, and growing doubles nothing', () => {
    // What is not collected yet would count, and when that happens is not ours.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const members = new MemberSet();
    let most = 0;
    collect();
    const before = process.memoryUsage().arrayBuffers;
    const many = 270_000;
    for (let n = 0; n < many; n++) {
      members.add(`d5f0a2c4-0000-4000-8000-${n}`);
      if (n % 10_000 !== 0) continue;
      collect();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(members.size).toBe(many);
    // A tenth of a million users with their pairs: one table that is doubled takes 26 MB.
    expect(most).toBeLessThan(16e6);
  });
});
