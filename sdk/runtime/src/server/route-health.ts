import { Health, HealthCheckResponse_ServingStatus as Serving } from '@batonkit/protocol/grpc';
import type { ConnectRouter } from '@connectrpc/connect';
import { Code, ConnectError } from '@connectrpc/connect';

/** `grpc.health.v1`: the whole server has the name "", each service its own. */
export function routeHealth({ service }: ConnectRouter, services: readonly string[], ended: AbortSignal): void {
  const isServed = (name: string): boolean => name === '' || services.includes(name);
  service(Health, {
    check: ({ service: name }) => {
      if (!isServed(name)) throw new ConnectError('There is no such service.', Code.NotFound);
      return { status: ended.aborted ? Serving.NOT_SERVING : Serving.SERVING };
    },
    async *watch({ service: name }, { signal }) {
      if (!isServed(name)) yield { status: Serving.SERVICE_UNKNOWN };
      else if (!ended.aborted) yield { status: Serving.SERVING };
      await firstAbort(signal, ended);
      if (!signal.aborted && isServed(name)) yield { status: Serving.NOT_SERVING };
    },
  });
}

/** Waits until one of them aborts, and leaves no listener on the other. */
async function firstAbort(...signals: AbortSignal[]): Promise<void> {
  if (signals.some(({ aborted }) => aborted)) return;
  const done = new AbortController();
  await new Promise<void>((resolve) => {
    for (const signal of signals)
      signal.addEventListener('abort', () => resolve(), { once: true, signal: done.signal });
  });
  done.abort();
}
