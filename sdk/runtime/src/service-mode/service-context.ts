import type { Clock, Random } from '@batonkit/kernel';
import { linkAbort } from '@batonkit/kernel';
import type { Logger } from '../logger.ts';
import type { Trace } from '../telemetry/trace.ts';
import type { C1Client } from './c1-client.ts';
import { failC1 } from './errors.ts';

/** What everything in service mode works with. */
export interface ServiceContext {
  readonly c1: C1Client;
  readonly hostId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly trace: Trace;
  /** What C1 said in its last Hello answer that it takes beyond the protocol; by default nothing. */
  accepts: ReadonlySet<string>;
}

/**
 * A call with a limit that C1 does not see: of all calls only FinishTask carries a deadline (protocol: runtime 3.3), but
 * a server that never answers must not hold this program for ever.
 */
export async function within<T>(
  { clock }: Pick<ServiceContext, 'clock'>,
  call: string,
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using limit = linkAbort(signal);
  const over = new AbortController();
  void clock.sleep(milliseconds, over.signal).then(
    () => limit.abort(failC1('BK-C1-SILENT', { call, seconds: milliseconds / 1000 })),
    () => {},
  );
  try {
    return await work(limit.signal);
  } finally {
    over.abort();
  }
}
