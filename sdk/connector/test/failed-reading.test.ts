import { BatonError, Status, VirtualClock } from '@batonkit/kernel';
import { RateLimitDescription_Status as RateLimit, RateLimitDescriptionSchema } from '@batonkit/protocol';
import { describe, expect, it } from 'vitest';
import { CurrentReading } from '../src/current-reading.ts';
import type { Reading } from '../src/reading/prove.ts';
import { toConnectError } from '../src/to-connect-error.ts';

const text = { code: 'T-1', title: 'It failed.', meaning: '', remedy: '' };
const failure = (status: Status): BatonError => new BatonError({ ...text, status });
const { signal } = new AbortController();

/** Fails the first time with that, then is proven. */
function failingOnce(status: Status): { current: CurrentReading; starts: () => number } {
  let starts = 0;
  const reading = { leave: () => {}, [Symbol.dispose]: () => {} } as unknown as Reading;
  const start = (): Promise<Reading> => {
    starts += 1;
    return starts === 1 ? Promise.reject(failure(status)) : Promise.resolve(reading);
  };
  return { current: new CurrentReading(start, new VirtualClock()), starts: () => starts };
}

describe('a reading that failed', () => {
  it.each(['', 'read:3'])('begins anew when it is asked again with %j after a passing failure', async (token) => {
    const { current } = failingOnce(Status.Unavailable);
    await expect(current.at('s', '', signal)).rejects.toMatchObject({ status: Status.Unavailable });
    await expect(current.at('s', token, signal)).resolves.toMatchObject({ page: 0 });
  });

  it('stays failed for whoever has seen rows, and after any other failure', async () => {
    const passing = failingOnce(Status.Unavailable);
    await expect(passing.current.at('s', '', signal)).rejects.toThrow();
    await expect(passing.current.at('s', 'rows:1', signal)).rejects.toMatchObject({ status: Status.Unavailable });
    const lasting = failingOnce(Status.Aborted);
    await expect(lasting.current.at('s', '', signal)).rejects.toThrow();
    await expect(lasting.current.at('s', '', signal)).rejects.toMatchObject({ status: Status.Aborted });
    expect([passing.starts(), lasting.starts()]).toEqual([1, 1]);
  });
});

describe('an error that an HTTP status caused', () => {
  it.each([
    [401, RateLimit.UNSPECIFIED],
    [503, RateLimit.UNSPECIFIED],
    [429, RateLimit.OVERLIMIT],
  ])('%i carries a rate limit, as recorded', (status, limit) => {
    const cause = { kind: 'status', status, detail: undefined, isJson: true };
    const wire = toConnectError(new BatonError({ ...text, status: Status.Unavailable }, cause));
    expect(wire.findDetails(RateLimitDescriptionSchema)).toMatchObject([
      { status: limit, resetAt: { seconds: -62_135_596_800n } },
    ]);
  });

  it('of another cause carries none', () => {
    expect(toConnectError(failure(Status.Unavailable)).findDetails(RateLimitDescriptionSchema)).toEqual([]);
  });
});
