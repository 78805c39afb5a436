import { VirtualClock } from '@batonkit/kernel';
import { ConnectorService, errorToDetail, RateLimitDescriptionSchema } from '@batonkit/protocol';
import { StructSchema, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { UnaryRequest } from '@connectrpc/connect';
import { Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { retryPassing } from '../src/remote/retry-passing.ts';
import { structOf } from './fake-connector.ts';

/** A connector whose Validate fails so, as often as there are failures. */
function failing(failures: (clock: VirtualClock) => Iterable<ConnectError>): {
  clock: VirtualClock;
  call: () => Promise<unknown>;
} {
  const clock = new VirtualClock();
  const left = failures(clock)[Symbol.iterator]();
  const transport = createRouterTransport(
    ({ service }) => {
      service(ConnectorService, {
        validate: () => {
          const { value, done } = left.next() as IteratorResult<ConnectError>;
          if (done !== true) throw value;
          return { sdkVersion: 'v0.25.0' };
        },
      });
    },
    { transport: { interceptors: [retryPassing(clock)] } },
  );
  return { clock, call: () => createClient(ConnectorService, transport).validate({}) };
}

const unavailable = (): ConnectError => new ConnectError('busy', Code.Unavailable);

describe('calls of a connector that leaves waiting to its caller', () => {
  test('are made again a second later each time', async () => {
    const { clock, call } = failing(() => [
      unavailable(),
      new ConnectError('slow', Code.DeadlineExceeded),
      unavailable(),
    ]);
    await expect(call()).resolves.toMatchObject({ sdkVersion: 'v0.25.0' });
    expect(clock.slept).toEqual([1000, 2000, 3000]);
  });

  test('wait as its rate limit says, at most a minute', async () => {
    const limited = (clock: VirtualClock, ms: number, remaining: bigint): ConnectError => {
      const value = { resetAt: timestampFromMs(clock.now() + ms), remaining };
      return new ConnectError('limit', Code.Unavailable, undefined, [{ desc: RateLimitDescriptionSchema, value }]);
    };
    const { clock, call } = failing(function* (clock) {
      yield limited(clock, 3000, 0n);
      yield limited(clock, 3000, 2n);
      yield limited(clock, 600_000, 0n);
    });
    await call();
    expect(clock.slept).toEqual([3000, 2000, 60_000]);
  });

  test('end after a quarter of an hour', async () => {
    const { clock, call } = failing(function* () {
      for (;;) yield unavailable();
    });
    await expect(call()).rejects.toMatchObject({ code: Code.Unavailable });
    const waited = clock.slept.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(14 * 60_000);
    expect(waited).toBeLessThanOrEqual(15 * 60_000);
  });

  test.each([
    [5, 6],
    [Infinity, 6],
  ])('whose answer was lost unread (%s times) are made again at once, %s in all', async (losses, calls) => {
    const clock = new VirtualClock();
    const lost = Object.assign(new Error('Premature close'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
    let asked = 0;
    const next = (): Promise<never> => {
      asked += 1;
      throw asked <= losses ? lost : new ConnectError('gone', Code.NotFound);
    };
    const request = { stream: false, signal: new AbortController().signal } as unknown as UnaryRequest;
    await expect(retryPassing(clock)(next)(request)).rejects.toMatchObject({
      code: losses === 5 ? Code.NotFound : lost.code,
    });
    expect(asked).toBe(calls);
    expect(clock.slept).toEqual([]);
  });

  test('are not made again after any other failure, or one that this SDK has waited for already', async () => {
    const report = { code: 'T-1', status: 14, title: 'It failed.', meaning: '', remedy: '' } as const;
    const ours = new ConnectError('waited', Code.Unavailable, undefined, [
      { desc: StructSchema, value: structOf(errorToDetail(report)) },
    ]);
    for (const error of [ours, new ConnectError('gone', Code.NotFound), new ConnectError('wrong', Code.Internal)]) {
      const { clock, call } = failing(() => [error]);
      await expect(call()).rejects.toMatchObject({ code: error.code });
      expect(clock.slept).toEqual([]);
    }
  });
});
