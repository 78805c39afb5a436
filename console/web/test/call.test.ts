import { afterEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem } from '../src/lib/api-problem.ts';
import { call } from '../src/lib/call.ts';

const fetched = vi.fn<typeof fetch>();
const answering = (status: number, body: string): void => {
  vi.stubGlobal('fetch', fetched.mockResolvedValue(new Response(status === 204 ? null : body, { status })));
};
afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
});

const codeOf = (calling: Promise<unknown>): Promise<string> =>
  calling.then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (error: unknown) => (error instanceof ApiProblem ? error.code : String(error)),
  );
const PERSON = {
  user: { id: '0ujsszwN8NRY24YaXiTIE2VWDTS', name: 'Ana', email: null },
  expiresAt: '2026-01-01T00:00:00Z',
};

describe('an answer of an unknown form is an error, never an empty list', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '<!doctype html><title>Sign in</title>'],
    ['JSON that breaks off', '{"items":[{"id":'],
    ['null', 'null'],
    ['a bare list', '[]'],
    ['an object without items', '{}'],
    ['items that are none', '{"items":{},"next":null,"total":0}'],
    ['a list that does not say whether more comes', '{"items":[]}'],
    ['an item of another form', '{"items":[{"id":7}],"next":null,"total":1}'],
  ])('%s', async (_what, body) => {
    answering(200, body);
    expect(await codeOf(call('listConnectors', {}))).toBe('BK-WEB-ANSWER');
  });

  test.each([
    [201, '{"items":[],"next":null}'],
    [204, ''],
    [302, ''],
    [500, 'Internal error'],
    [502, '{"message":"no upstream"}'],
  ])('a list at status %i', async (status, body) => {
    answering(status, body);
    expect(await codeOf(call('listConnectors', {}))).toBe('BK-WEB-ANSWER');
  });
});

test('a good answer is handed on', async () => {
  answering(200, '{"items":[],"next":null}');
  expect(await codeOf(call('listConnectors', {}))).toBe('answered {"items":[],"next":null}');
});

test('a refusal comes with its code and its texts', async () => {
  const problem = {
    type: 'urn:batonkit:error:BK-RUN-OPEN',
    title: 'A sync is running.',
    status: 409,
    detail: 'M. R.',
    code: 'BK-RUN-OPEN',
    meaning: 'M.',
    remedy: 'R.',
  };
  answering(409, JSON.stringify(problem));
  const calling = call('syncNow', { params: { connectorId: 'a' } });
  await expect(calling).rejects.toMatchObject({ problem: expect.objectContaining(problem) as unknown });
});

test('a console that does not answer is said to be unreachable, and an aborted call is no failure of it', async () => {
  vi.stubGlobal('fetch', fetched.mockRejectedValue(new TypeError('Failed to fetch')));
  expect(await codeOf(call('getSession', {}))).toBe('BK-WEB-UNREACHABLE');
  const ended = AbortSignal.abort(new Error('left'));
  fetched.mockRejectedValue(ended.reason as Error);
  expect(await codeOf(call('getSession', {}, ended))).toBe('Error: left');
});

test('what stands in an address cannot leave its place in it', async () => {
  answering(200, JSON.stringify(PERSON));
  await codeOf(call('getConnector', { params: { connectorId: '../session?x=1#y' } }));
  await codeOf(call('listAccounts', { params: { appId: 'a b' }, query: { query: 'a&limit=1', limit: 50 } }));
  expect(fetched.mock.calls.map(([address]) => address)).toEqual([
    '/api/v1/connectors/..%2Fsession%3Fx%3D1%23y',
    '/api/v1/apps/a%20b/accounts?query=a%26limit%3D1&limit=50',
  ]);
});
