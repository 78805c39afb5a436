import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { API_PREFIX, EVENTS_PATH } from '@batonkit/console-contract';
import { BatonError, type Clock } from '@batonkit/kernel';
import { fail } from '../errors.ts';
import type { Events } from '../events.ts';
import type { Log } from '../logger.ts';
import { liveEvents } from './live-events.ts';
import { mountOperations, type Handlers } from './operation.ts';
import { FieldProblems, sendProblem } from './problem.ts';
import { checkSender, loopbackHosts, securityHeaders, setSecurityHeaders } from './protect.ts';
import { cookieOf, sessionOf, type FindUser, type Session } from './session.ts';
import { staticFiles } from './static-files.ts';

export interface AppOptions {
  handlers: Handlers;
  findUser: FindUser;
  events: Events;
  log: Log;
  clock: Clock;
  /** Where it listens; known before the first request. */
  port: () => number;
  /** The built web app. */
  webRoot: string;
  version: string;
  stopping: AbortSignal;
}

/** The console's HTTP side: API, document, live events, and the web app behind them. */
export function createApp(options: AppOptions): OpenAPIHono {
  const { log } = options;
  const app = new OpenAPIHono();
  app.onError((error, context) => {
    if (!(error instanceof BatonError) && !(error instanceof FieldProblems)) {
      log.error({ method: context.req.method, error: error.name, stack: frames(error) }, 'a request failed');
    }
    setSecurityHeaders(context);
    return sendProblem(context, error);
  });
  app.notFound((context) => context.text('There is nothing at this address.\n', 404));
  app.use(securityHeaders);
  app.use(checkSender(() => loopbackHosts(options.port())));
  const whoAsks = (context: Context, isOpen: boolean): Promise<Session> =>
    sessionOf(context, cookieOf(options.port()), isOpen, options.findUser);

  mountOperations(app, options.handlers, whoAsks, log);
  app.get(API_PREFIX + EVENTS_PATH, async (context) => {
    const { tokenHash } = await whoAsks(context, false);
    // Its stream would have no reader, and so no end.
    if (context.req.method === 'HEAD') return context.body(null, 200, { 'content-type': 'text/event-stream' });
    const isSignedIn = async (): Promise<boolean> => (await options.findUser(tokenHash ?? '')) !== undefined;
    return liveEvents(context, { ...options, isSignedIn });
  });
  app.get(`${API_PREFIX}/openapi.json`, async (context) => {
    await whoAsks(context, false);
    app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
      type: 'apiKey',
      in: 'cookie',
      name: cookieOf(options.port()),
    });
    return context.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: { title: 'BatonKit console', version: options.version },
        security: [{ session: [] }],
      }),
    );
  });
  app.get('/health', (context) => context.json({ ok: true }));
  // Before the web app's fallback, which would answer unknown API paths with a page.
  app.all('/api/*', () => {
    throw fail('BK-API-PATH', {});
  });
  app.all('*', staticFiles(options.webRoot));
  return app;
}

/** Where it happened, without the message: that may quote what a person entered. */
function frames(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 6)
    .map((line) => line.trim());
}
