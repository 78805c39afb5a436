import { VirtualClock } from '@batonkit/kernel';
import { describe, expect, test } from 'vitest';
import { InFlight } from '../src/http/in-flight.ts';
import { waitAfterLast, waitOf } from '../src/http/rate-limit.ts';
import { failureOf, json, served } from './served.ts';

const now = Date.UTC(2026, 10, 24, 8, 0, 0);
const headersOf = (headers: Record<string, string>) => (name: string) => headers[name];

describe('how long the server wants us to wait', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after-ms': '250.5' }, 251],
    [{ 'retry-after': '7', 'retry-after-ms': '6500' }, 6500],
    [{ 'retry-after': '2', 'x-ratelimit-reset': '9' }, 2000],
    [{ 'x-ratelimit-reset': '9' }, 9000],
    [{ 'ratelimit-reset': '9' }, 9000],
    [{ 'x-rate-limit-reset': '9' }, 9000],
    [{ 'x-ratelimit-requests-reset': '9' }, 9000],
    [{ 'x-ratelimit-reset': String(now / 1000 + 30) }, 30_000],
    [{ 'x-ratelimit-reset': String(now + 30_000) }, 30_000],
    [{ 'x-ratelimit-reset': String(now / 1000 - 30) }, 0],
    [{ 'x-ratelimit-reset': '2026-11-24T08:00:04Z' }, 4000],
    [{ 'x-ratelimit-reset': 'Tue, 24 Nov 2026 08:00:05 GMT' }, 5000],
    [{ ratelimit: '"default";r=0;t=30' }, 30_000],
    [{ ratelimit: 'limit=100, remaining=0, reset=12' }, 12_000],
    [{ 'x-ratelimit-reset': 'soon' }, undefined],
    [{ 'ratelimit-policy': '10;w=60' }, undefined],
    [{}, undefined],
  ])('%j with a 429', (headers, wait) => expect(waitOf(429, headersOf(headers), now)).toBe(wait));

  test('a limit that is not used up says nothing about a server that fails', () => {
    const headers = { 'x-ratelimit-remaining': '40', 'x-ratelimit-reset': '3600' };
    expect(waitOf(503, headersOf(headers), now)).toBeUndefined();
    expect(waitOf(503, headersOf({ ...headers, 'x-ratelimit-remaining': '0' }), now)).toBe(3_600_000);
    expect(waitOf(503, headersOf({ 'retry-after': '1' }), now)).toBe(1000);
  });

  test.each<[Record<string, string>, number | undefined]>([
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3' }, 3000],
    [{ 'ratelimit-remaining': '0, 0;w=60', 'ratelimit-reset': '3' }, 3000],
    [{ ratelimit: '"default";r=0;t=3' }, 3000],
    [{ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '3' }, undefined],
    [{ ratelimit: '"default";r=10;t=3' }, undefined],
    [{ 'x-ratelimit-reset': '3' }, undefined],
  ])('%j with a good answer', (headers, wait) => expect(waitAfterLast(headersOf(headers), now)).toBe(wait));
});

describe('what is used up', () => {
  test('is waited for before the next request, which then is not refused', async () => {
    await using from = await served((_, response, n) =>
      json(response, {}, 200, n === 1 ? { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '40' } : {}),
    );
    await from.get();
    expect(from.clock.slept).toEqual([]);
    expect(await from.get()).toMatchObject({ ok: true, retries: 0 });
    expect(from.clock.slept).toEqual([40_000]);
    expect(from.events.map(({ waitMs }) => waitMs)).toEqual([40_000, undefined]);
  });

  test('a wait of an hour is not begun on the strength of a good answer', async () => {
    await using from = await served((_, response) =>
      json(response, {}, 200, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3600' }),
    );
    expect((await from.get()).ok && (await from.get()).ok).toBe(true);
    expect(from.clock.slept).toEqual([]);
  });

  test('a 429 holds back all, by the reset of its limit; an hour is an error now', async () => {
    await using from = await served((_, response, n) =>
      n === 1 ? json(response, {}, 429, { 'x-ratelimit-reset': '60' }) : json(response, {}),
    );
    expect(await from.get()).toMatchObject({ ok: true, retries: 1 });
    expect(from.clock.slept).toEqual([60_000]);
    await using far = await served((_, response) => json(response, {}, 429, { 'ratelimit-reset': '3600' }));
    expect(failureOf(await far.get())).toEqual({ kind: 'wait-too-long', seconds: 3600, status: 429 });
    expect(far.seen).toHaveLength(1);
  });
});

describe('no progress', () => {
  test('for 15 minutes ends it, also when each try is slow by itself', async () => {
    await using from = await served((_, response, n) => {
      if (n === 1) return json(response, {});
      from.clock.advance(6 * 60_000);
      return json(response, {}, 500);
    });
    expect((await from.get()).ok).toBe(true);
    expect(failureOf(await from.get())).toEqual({ kind: 'no-progress', minutes: 15 });
    expect(from.seen).toHaveLength(4);
  });

  test('answers of others are progress', async () => {
    await using from = await served((_, response, n) => {
      from.clock.advance(4 * 60_000);
      json(response, {}, n % 2 === 0 ? 500 : 200);
    });
    for (let n = 0; n < 6; n++) expect((await from.get()).ok).toBe(true);
  });
});

describe('requests at once', () => {
  const never = new AbortController().signal;

  test('are halved once by a burst of refusals, and grow again', async () => {
    const inFlight = new InFlight(16, new VirtualClock());
    let running = 0;
    let most = 0;
    const burst = (count: number, refused: boolean) =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const round = await inFlight.run(never, async (round) => {
            most = Math.max(most, ++running);
            await new Promise((resolve) => setImmediate(resolve));
            running--;
            return round;
          });
          if (refused) inFlight.slowDown(round);
          else inFlight.wentWell();
        }),
      );
    await burst(16, true);
    expect(most).toBe(16);
    most = 0;
    await burst(8, true);
    expect(most).toBe(8);
    most = 0;
    await burst(4, false);
    expect(most).toBe(4);
    await burst(200, false);
    expect(most).toBe(16);
  });

  test('who waits for a turn stops with the reason of the signal, and lets the next one in', async () => {
    const inFlight = new InFlight(1, new VirtualClock());
    const gate = Promise.withResolvers<void>();
    const first = inFlight.run(never, () => gate.promise);
    const abort = new AbortController();
    const second = inFlight.run(abort.signal, () => Promise.resolve());
    const third = inFlight.run(never, () => Promise.resolve('third'));
    abort.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    gate.resolve();
    await first;
    expect(await third).toBe('third');
  });

  test.each([0, 65, 1.5])('%d is refused', async (maxInFlight) => {
    await expect(served(() => {}, { network: { maxInFlight } })).rejects.toThrow(RangeError);
  });
});
