import type { Interceptor } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Clock } from '@batonkit/kernel';
import type { Logger } from '../logger.ts';

/**
 * A line for each gRPC call, made or answered, at its end: at debug when it went well or was given up here, else at info, with the
 * genuine field names (protocol: runtime 1.9). No part of a message is told, nor the words of an error.
 *
 *     createGrpcTransport({ …, interceptors: [logGrpcCalls(logger, clock)] });
 *     connectNodeAdapter({ …, interceptors: [logGrpcCalls(logger, clock)] });
 */
export function logGrpcCalls(logger: Logger, clock: Clock): Interceptor {
  return (next) => async (request) => {
    const { service, method } = request;
    const startedAt = clock.now();
    const begun = clock.monotonic();
    const told = (thrown: unknown): void => {
      // Whoever gives up a call of its own, as at the end of a service, has lost nothing.
      const isGivenUp = thrown !== undefined && request.signal.aborted;
      const code = isGivenUp ? 'Canceled' : thrown === undefined ? 'OK' : codeName(ConnectError.from(thrown).code);
      const fields = {
        'grpc.start_time': new Date(startedAt).toISOString(),
        'grpc.service': service.typeName,
        'grpc.method': method.name,
        'grpc.code': code,
        'grpc.time_ms': Math.round((clock.monotonic() - begun) * 1000) / 1000,
      };
      if (thrown === undefined || isGivenUp) logger.debug(`grpc call finished: ${code}`, fields);
      else logger.info(`grpc call finished: ${code}`, fields);
    };
    try {
      const response = await next(request);
      if (!response.stream) {
        told(undefined);
        return response;
      }
      return { ...response, message: untilItsEnd(response.message, told) };
    } catch (error) {
      told(error);
      throw error;
    }
  };
}

/** A stream ends with its last message. */
async function* untilItsEnd<T>(messages: AsyncIterable<T>, told: (thrown: unknown) => void): AsyncGenerator<T> {
  let thrown: unknown = new ConnectError('', Code.Canceled);
  try {
    yield* messages;
    thrown = undefined;
  } catch (error) {
    thrown = error;
    throw error;
  } finally {
    told(thrown);
  }
}

/** `Unavailable`, as in the genuine lines. */
function codeName(code: Code): string {
  return Code[code] ?? `Code(${code})`;
}
