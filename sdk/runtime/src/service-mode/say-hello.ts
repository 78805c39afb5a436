import { acceptedBy } from '@batonkit/protocol';
import type { BatonServiceHelloRequest_OSInfo } from '@batonkit/protocol/connectorapi';
import type { ConnectorDefinition } from '@batonkit/connector';
import { capabilitiesOf } from '@batonkit/connector';
import { BatonError, Status } from '@batonkit/kernel';
import { c1Failure } from './c1-failure.ts';
import type { C1Link } from './c1-link.ts';
import { failC1 } from './errors.ts';
import type { ServiceContext } from './service-context.ts';
import { within } from './service-context.ts';

const HELLO_MS = 60_000;
const LONGEST_WAIT_MS = 5 * 60_000;

export interface Introduction {
  definition: ConnectorDefinition;
  host: BatonServiceHelloRequest_OSInfo;
}

/** Tells C1 who this connector is and what it can do, for a hello task or, without one, at the start. */
export async function sayHello(
  context: ServiceContext,
  { definition, host }: Introduction,
  taskId: string,
  signal: AbortSignal,
): Promise<void> {
  const { name, version, displayName, description, helpUrl } = definition;
  const answer = await within(context, 'Hello', HELLO_MS, signal, (limited) =>
    context.c1.calls.hello(
      {
        hostId: context.hostId,
        taskId,
        buildInfo: { langVersion: `node${process.versions.node}`, package: name, packageVersion: version || '0.0.0' },
        osInfo: host,
        connectorMetadata: { displayName, description, helpUrl, capabilities: capabilitiesOf(definition) },
      },
      { signal: limited },
    ),
  );
  context.accepts = acceptedBy(answer.annotations);
}

/** What C1 would say again to the same words; all else is tried again (protocol: runtime 3.5). */
const FINAL = new Set<Status>([
  Status.Unauthenticated,
  Status.PermissionDenied,
  Status.InvalidArgument,
  Status.Unimplemented,
  Status.FailedPrecondition,
  Status.NotFound,
]);

/**
 * The Hello before the first poll, tried until it succeeds: a connector that starts before its network must not give up.
 * Waits 1 s, then twice as long each time, at most 5 min.
 *
 * @throws BatonError with the status of C1's refusal; the signal's reason
 */
export async function sayFirstHello(
  context: ServiceContext,
  introduction: Introduction,
  link: C1Link,
  signal: AbortSignal,
): Promise<void> {
  const { logger, clock, c1 } = context;
  for (let attempts = 1; ; attempts += 1) {
    try {
      await sayHello(context, introduction, '', signal);
      link.works();
      logger.info('C1 answered the first Hello', { attempts });
      return;
    } catch (error) {
      signal.throwIfAborted();
      const { status, said, report } = c1Failure(error, c1.token);
      link.fails(said);
      if (FINAL.has(status)) {
        const refusal = report ?? failC1('BK-C1-REFUSED', { call: 'the first Hello', said }).report;
        throw new BatonError({ ...refusal, status }, error);
      }
      const wait = Math.min(1000 * 2 ** (attempts - 1), LONGEST_WAIT_MS);
      logger.warn('C1 does not answer the first Hello; it is tried again', {
        attempts,
        wait: wait / 1000,
        status,
        error: said,
      });
      await clock.sleep(wait, signal);
    }
  }
}
