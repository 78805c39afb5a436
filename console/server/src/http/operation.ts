import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { API_PREFIX, operations, Problem, type Operation, type OperationName } from '@batonkit/console-contract';
import { fail } from '../errors.ts';
import type { Log } from '../logger.ts';
import { isStorable } from '../storable.ts';
import type { Session } from './session.ts';

const BODY_LIMIT = 64 * 1024;

type Table = typeof operations;
type Part<O, Name extends string> = O extends Record<Name, infer S extends z.ZodType> ? z.output<S> : undefined;
/** A file to be kept; opened only once it is to be sent. */
export interface FileAnswer {
  name: string;
  bytes: number;
  open: () => ReadableStream<Uint8Array>;
}

type Answer<O> = O extends { file: string }
  ? FileAnswer
  : O extends { response: infer S extends z.ZodType }
    ? z.input<S>
    : void;

/** One request to an operation, with everything in it checked. */
export interface Call<Name extends OperationName> {
  params: Part<Table[Name], 'params'>;
  query: Part<Table[Name], 'query'>;
  body: Part<Table[Name], 'body'>;
  session: Session;
}

export type Handlers = { [Name in OperationName]: (call: Call<Name>) => Promise<Answer<Table[Name]>> };

/** Puts every operation of the contract on the app: what is served, checked and described is one table. */
export function mountOperations(
  app: OpenAPIHono,
  handlers: Handlers,
  sessionOf: (context: Context, isOpen: boolean) => Promise<Session>,
  log: Log,
): void {
  const methods = new Map<string, string[]>();
  for (const name of Object.keys(operations) as OperationName[]) {
    const operation: Operation = operations[name];
    const path = API_PREFIX + operation.path;
    describe(app, name, operation, path);
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
    methods.set(route, [...(methods.get(route) ?? []), operation.method.toUpperCase()]);
    app.on(operation.method.toUpperCase(), route, async (context) => {
      const session = await sessionOf(context, operation.open === true);
      const call = { ...(await readCall(context, operation)), session };
      // The table gives both the handler and the schemas that made its call.
      const answer = await (handlers[name] as (call: unknown) => Promise<unknown>)(call);
      return send(context, name, operation, answer, log);
    });
  }
  for (const [route, allowed] of methods) {
    app.all(route, (context) => {
      context.header('allow', allowed.join(', '));
      throw fail('BK-API-METHOD', { allowed: allowed.join(', ') });
    });
  }
}

async function readCall(
  context: Context,
  operation: Operation,
): Promise<{ params: unknown; query: unknown; body: unknown }> {
  return {
    params: readParams(operation.params, context.req.param()),
    query: readQuery(operation.query, context.req.queries()),
    body: operation.body === undefined ? undefined : check(operation.body, await readBody(context), 'body'),
  };
}

function readParams(schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  // An id of another form names nothing that exists.
  if (!result.success) throw fail('BK-NOT-FOUND', { what: 'thing' });
  return result.data;
}

/** A parameter that is not known may have been meant to narrow the answer: `asof` for `asOf`. */
function readQuery(schema: z.ZodObject | undefined, values: Record<string, string[]>): unknown {
  const query: Record<string, string | undefined> = {};
  for (const [name, [value, ...more]] of Object.entries(values)) {
    if (schema === undefined || !Object.hasOwn(schema.shape, name)) {
      throw fail('BK-REQUEST', { where: 'query', what: 'It has a parameter that this address does not take.' });
    }
    if (more.length > 0) throw fail('BK-REQUEST', { where: 'query', what: `${name}: given twice.` });
    query[name] = value;
  }
  return check(schema, query, 'query');
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success && !isStorableWhole(result.data)) {
    throw fail('BK-REQUEST', { where, what: 'It has a character that cannot be stored (NUL, or half of one).' });
  }
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw fail('BK-REQUEST', { where, what: `${path}${issue?.message ?? 'unknown form'}.` });
}

function isStorableWhole(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, each]) => isStorable(key) && isStorableWhole(each));
}

async function readBody(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw fail('BK-REQUEST-TYPE', {});
  const bytes = await readAtMost(context.req.raw.body, BODY_LIMIT);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's message would quote the body, which may hold a secret.
    throw fail('BK-REQUEST-JSON', {});
  }
}

async function readAtMost(body: ReadableStream<Uint8Array> | null, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > limit) throw fail('BK-REQUEST-SIZE', { limit: `${limit / 1024} KiB` });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function send(context: Context, name: OperationName, operation: Operation, answer: unknown, log: Log): Response {
  context.header('cache-control', 'no-store');
  if (operation.file !== undefined) return sendFile(context, operation.file, answer as FileAnswer);
  if (operation.response === undefined) return context.body(null, 204);
  const result = operation.response.safeParse(answer);
  if (!result.success) {
    const paths = result.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`);
    log.error({ operation: name, issues: paths.slice(0, 10) }, 'an answer breaks the contract');
    throw fail('BK-CONTRACT', {});
  }
  return context.json(result.data as object, operation.status as 200 | 201 | 202);
}

function sendFile(context: Context, type: string, { name, bytes, open }: FileAnswer): Response {
  const headers = {
    'content-type': type,
    'content-length': String(bytes),
    'content-disposition': `attachment; filename="${name}"`,
  };
  // Of a HEAD nobody reads the body, so it is not opened.
  return context.req.method === 'HEAD' ? context.body(null, 200, headers) : context.body(open(), 200, headers);
}

function describe(app: OpenAPIHono, name: OperationName, operation: Operation, path: string): void {
  const problem = { description: 'Problem details', content: { 'application/problem+json': { schema: Problem } } };
  app.openAPIRegistry.registerPath({
    method: operation.method,
    path,
    operationId: name,
    summary: operation.summary,
    ...(operation.open === true ? { security: [] } : {}),
    request: {
      ...(operation.params === undefined ? {} : { params: operation.params }),
      ...(operation.query === undefined ? {} : { query: operation.query }),
      ...(operation.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: operation.body } } } }),
    },
    responses: {
      [operation.status]: { description: 'Done', ...contentOf(operation) },
      '4XX': problem,
      '5XX': problem,
    },
  });
}

function contentOf({ file, response }: Operation) {
  if (file !== undefined) return { content: { [file]: { schema: { type: 'string', format: 'binary' } as const } } };
  return response === undefined ? {} : { content: { 'application/json': { schema: response } } };
}
