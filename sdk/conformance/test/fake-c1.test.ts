import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  rulesOf,
  startFakeC1,
  toTranscript,
  type FakeC1Options,
  type Fault,
  type TaskInit,
  type TranscriptEntry,
} from '@batonkit/conformance';
import { expect, test } from 'vitest';
import { accessToken, clientOf, fileOf, HOST, post, tokenForm, upload, type TokenParts } from './client.ts';

const TASK = '2N0tTest00000000000000Task1';
const OTHER = '2N0tTest00000000000000Task2';
const sync = (id: string): TaskInit => ({ id, taskType: { case: 'syncFull', value: {} } });
const start = (options: FakeC1Options = {}) => startFakeC1({ nextPollMs: 0, ...options });
const about = { hostId: HOST, taskId: TASK };
const metadata = { displayName: 'Test' };
const codeOf = async (call: Promise<unknown>): Promise<Code | 'no error'> =>
  call.then(
    () => 'no error' as const,
    (error: unknown) => ConnectError.from(error).code,
  );

test('a token is given for a good assertion, over HTTP/2 and over HTTP/1.1', async () => {
  await using c1 = await start();
  expect(await post(c1, '/auth/v1/token', tokenForm(c1))).toMatchObject({
    status: 200,
    json: { expires_in: 3600, token_type: 'Bearer' },
  });
  const status = await new Promise((resolve, reject) => {
    const sent = request(`https://${c1.host}/auth/v1/token`, { method: 'POST', ca: c1.authority }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end(tokenForm(c1));
  });
  expect(status).toBe(200);
  expect(c1.exchanges.map(({ call, httpVersion }) => [call, httpVersion])).toEqual([
    ['token', '2'],
    ['token', '1.1'],
  ]);
});

const now = (): number => Math.floor(Date.now() / 1000);
test.each<[string, TokenParts]>([
  ['grant_type', { form: { grant_type: 'password' } }],
  ['client_assertion_type', { form: { client_assertion_type: 'jwt' } }],
  ['client_id', { form: { client_id: 'somebody@localhost/else' } }],
  ['client_assertion', { form: { client_assertion: 'nothing' } }],
  ['alg', { header: { alg: 'none' } }],
  ['iss and sub', { claims: { iss: 'somebody@localhost/else' } }],
  ['aud', { claims: { aud: 'elsewhere.example' } }],
  ['exp', { claims: { exp: now() - 100 } }],
  ['exp', { claims: { exp: now() + 86_400 } }],
  ['nbf', { claims: { nbf: now() + 100 } }],
  ['iat', { claims: { iat: 'now' } }],
  ['nonce', { header: { nonce: undefined } }],
])('an assertion with a bad %s is refused', async (why, parts) => {
  await using c1 = await start();
  expect((await post(c1, '/auth/v1/token', tokenForm(c1, parts))).status).toBe(401);
  expect(c1.exchanges[0]?.token?.refused).toBe(why);
});

test('an assertion of another key is refused, and one that was used before', async () => {
  await using c1 = await start();
  await using other = await startFakeC1();
  await post(c1, '/auth/v1/token', tokenForm(c1, { secret: other.credential.clientSecret }));
  const form = tokenForm(c1);
  await post(c1, '/auth/v1/token', form);
  await post(c1, '/auth/v1/token', form);
  expect(c1.exchanges.map(({ token }) => token?.refused)).toEqual(['signature', undefined, 'nonce used twice']);
});

test('a task goes its way: asked for, heartbeats, uploaded, finished; all of it is on record', async () => {
  await using c1 = await start({ tasks: [sync(TASK)], heartbeatMs: 1500 });
  const client = await clientOf(c1);
  await client.hello({ hostId: HOST, connectorMetadata: metadata });
  const { task } = await client.getTask({ hostId: HOST });
  expect(task?.id).toBe(TASK);
  const beat = await client.heartbeat(about);
  expect([beat.nextHeartbeat?.seconds, beat.nextHeartbeat?.nanos, beat.cancelled]).toEqual([1n, 500_000_000, false]);
  const file = fileOf(600_000);
  await client.uploadAsset(upload(TASK, file));
  await client.uploadAsset(upload(TASK, Buffer.from('{"msg":"a log"}')));
  await client.finishTask({ ...about, finalState: { case: 'success', value: {} } });
  expect((await client.getTask({ hostId: HOST })).task).toBeUndefined();

  const record = c1.tasks.get(TASK);
  expect(record).toMatchObject({
    done: true,
    finishes: [{ accepted: true }],
    issues: [{ hostId: HOST, why: 'first' }],
  });
  expect(record?.assets.map(({ kind }) => kind)).toEqual(['c1z', 'log']);
  expect(readFileSync(record?.assets[0]?.path ?? '').equals(file)).toBe(true);
  const transcript = toTranscript(c1.exchanges);
  expect(transcript.map(({ call }) => call)).toEqual(
    'token Hello GetTask Heartbeat UploadAsset UploadAsset FinishTask GetTask'.split(' '),
  );
  expect(transcript[4]).toMatchObject({ data_messages: 2, bytes: 600_005, eof_sha256_matches: true });
  expect(transcript[2]?.request_hex).toBe('0a097265706c6963612d31');
});

test.each<[string, Code, AsyncIterable<never>]>(
  (
    [
      ['no metadata', Code.InvalidArgument, without('metadata')],
      ['no end', Code.InvalidArgument, without('eof')],
      ['another hash', Code.InvalidArgument, upload(TASK, fileOf(10), { sha256: new Uint8Array(32) })],
      ['a hash of 31 bytes', Code.InvalidArgument, upload(TASK, fileOf(10), { sha256: new Uint8Array(31) })],
      ['more than 1 MiB at once', Code.InvalidArgument, upload(TASK, fileOf(2_000_000), { chunk: 1_048_577 })],
      ['a task that another holds', Code.FailedPrecondition, upload(TASK, fileOf(10), { hostId: 'replica-2' })],
      ['a task that nobody knows', Code.FailedPrecondition, upload(OTHER, fileOf(10))],
    ] as const
  ).map(([name, code, messages]) => [name, code, messages as never]),
)('an upload with %s is refused, and its file is not kept', async (_name, code, messages) => {
  await using c1 = await start({ tasks: [sync(TASK)] });
  const client = await clientOf(c1);
  await client.getTask({ hostId: HOST });
  expect(await codeOf(client.uploadAsset(messages))).toBe(code);
  expect(c1.tasks.get(TASK)?.assets).toEqual([]);
});

async function* without(kind: string) {
  for await (const message of upload(TASK, fileOf(10))) if (message.msg.case !== kind) yield message;
}

test('a success without a file is no success, and a finish without a state is none', async () => {
  await using c1 = await start({ tasks: [sync(TASK)] });
  const client = await clientOf(c1);
  await client.getTask({ hostId: HOST });
  expect(await codeOf(client.finishTask(about))).toBe(Code.InvalidArgument);
  const success = client.finishTask({ ...about, finalState: { case: 'success', value: {} } });
  expect(await codeOf(success)).toBe(Code.FailedPrecondition);
  await client.finishTask({ ...about, status: { code: 1 }, finalState: { case: 'error', value: {} } });
  expect(c1.tasks.get(TASK)?.finishes.map(({ accepted }) => accepted)).toEqual([false, true]);
});

test('a task whose heartbeats stop goes to another replica, and the first may do nothing more with it', async () => {
  await using c1 = await start({ tasks: [sync(TASK)], leaseMs: 80, holdMs: 5000 });
  const client = await clientOf(c1);
  await client.getTask({ hostId: HOST });
  expect((await client.getTask({ hostId: 'replica-2' })).task?.id).toBe(TASK);
  expect((await client.heartbeat(about)).cancelled).toBe(true);
  expect(await codeOf(client.uploadAsset(upload(TASK, fileOf(10))))).toBe(Code.FailedPrecondition);
  await client.finishTask({ ...about, finalState: { case: 'error', value: {} } });
  expect(c1.tasks.get(TASK)).toMatchObject({
    done: false,
    issues: [{ hostId: HOST }, { hostId: 'replica-2', why: 'lease ended' }],
    finishes: [{ accepted: false, why: 'not held' }],
  });
});

test('heartbeats keep a task; cancelled is said to who holds it', async () => {
  await using c1 = await start({ tasks: [sync(TASK)], leaseMs: 400 });
  const client = await clientOf(c1);
  await client.getTask({ hostId: HOST });
  for (const began = Date.now(); Date.now() - began < 900;) await client.heartbeat(about);
  expect((await client.getTask({ hostId: 'replica-2' })).task).toBeUndefined();
  c1.cancel(TASK);
  expect((await client.heartbeat(about)).cancelled).toBe(true);
});

test('a poll is held until there is a task; several go out at once when they are asked for at once', async () => {
  await using c1 = await start({ holdMs: 10_000 });
  const client = await clientOf(c1);
  const held = client.getTask({ hostId: HOST });
  await c1.until(({ exchanges }) => exchanges.some(({ call }) => call === 'GetTask'));
  c1.add(sync(TASK));
  expect((await held).task?.id).toBe(TASK);
  c1.add(sync(OTHER));
  const { tasks } = await client.getTasks({ hostId: HOST, pageSize: 6, knownTaskIds: [TASK] });
  expect(tasks.map(({ id }) => id)).toEqual([OTHER]);
});

test('no call passes without a good token', async () => {
  await using c1 = await start();
  expect(await codeOf((await clientOf(c1, 'made-up')).getTask({ hostId: HOST }))).toBe(Code.Unauthenticated);
  const client = await clientOf(c1);
  c1.expireTokens();
  expect(await codeOf(client.getTask({ hostId: HOST }))).toBe(Code.Unauthenticated);
  c1.revoke(c1.credential.clientSecret);
  expect((await post(c1, '/auth/v1/token', tokenForm(c1))).status).toBe(401);
});

test.each<[Fault, Code]>([
  [{ kind: 'status', code: 14, message: 'later' }, Code.Unavailable],
  [{ kind: 'http', status: 502, body: '<html>' }, Code.Unavailable],
  [{ kind: 'cut' }, Code.Aborted],
  [{ kind: 'reset' }, Code.Internal],
  [{ kind: 'garbage' }, Code.InvalidArgument],
  [{ kind: 'short' }, Code.InvalidArgument],
  [{ kind: 'no status' }, Code.Internal],
])('the switch %j makes a call fail once', async (fault, code) => {
  await using c1 = await start();
  const client = await clientOf(c1);
  const active = c1.fault({ on: 'GetTask', fault });
  const failed = await codeOf(client.getTask({ hostId: HOST }));
  // What the library makes of it is its own affair for broken frames; that it fails is ours.
  if (['status', 'http'].includes(fault.kind)) expect(failed).toBe(code);
  else expect(failed).not.toBe('no error');
  expect(await codeOf(client.getTask({ hostId: HOST }))).toBe('no error');
  expect(active.hits).toBe(1);
  expect(c1.exchanges[1]).toMatchObject({ fault: fault.kind, outcome: 'faulted' });
});

test('an answer that is dealt with and then lost counts', async () => {
  await using c1 = await start({ tasks: [sync(TASK)] });
  const client = await clientOf(c1);
  await client.getTask({ hostId: HOST });
  await client.uploadAsset(upload(TASK, fileOf(10)));
  c1.fault({ on: 'FinishTask', taskId: TASK, dealtWith: true, fault: { kind: 'status', code: 14 } });
  const finish = () => client.finishTask({ ...about, finalState: { case: 'success', value: {} } });
  expect(await codeOf(finish())).toBe(Code.Unavailable);
  await finish();
  expect(c1.tasks.get(TASK)?.finishes.map(({ why }) => why)).toEqual([undefined, 'finished before']);
});

test('an upload is cut after as many messages as the switch says', async () => {
  await using c1 = await start({ tasks: [sync(TASK)] });
  const client = await clientOf(c1);
  await client.getTask({ hostId: HOST });
  c1.fault({ on: 'UploadAsset', hostId: HOST, fault: { kind: 'cut', after: 3 } });
  expect(await codeOf(client.uploadAsset(upload(TASK, fileOf(4_000_000))))).not.toBe('no error');
  expect(c1.exchanges.at(-1)?.messages.length).toBe(3);
  c1.fault({ on: 'UploadAsset', fault: { kind: 'status', code: 14, after: 2 } });
  expect(await codeOf(client.uploadAsset(upload(TASK, fileOf(4_000_000))))).toBe(Code.Unavailable);
  expect(await codeOf(client.uploadAsset(upload(TASK, fileOf(4_000_000))))).toBe('no error');
});

test('an oversized answer has the size it was asked to have', async () => {
  await using c1 = await start();
  const client = await clientOf(c1);
  c1.fault({ on: 'Hello', fault: { kind: 'oversized', bytes: 5_000_000 } });
  const failed = await codeOf(client.hello({ hostId: HOST, connectorMetadata: metadata }));
  // This library takes up to 4 GiB unless told otherwise, and leaves out a field that it does not know.
  expect([failed, c1.exchanges.at(-1)?.fault]).toEqual(['no error', 'oversized']);
});

test('what never answers is noticed by a time limit only; a reply of the script is taken as it is', async () => {
  await using c1 = await start();
  const client = await clientOf(c1);
  c1.fault({ on: 'GetTask', fault: { kind: 'hang' } });
  expect(await codeOf(client.getTask({ hostId: HOST }, { timeoutMs: 200 }))).toBe(Code.DeadlineExceeded);
  c1.fault({ on: 'GetTask', fault: { kind: 'reply', message: { task: sync(OTHER), nextPoll: { seconds: 7n } } } });
  const answer = await client.getTask({ hostId: HOST });
  expect([answer.task?.id, answer.nextPoll?.seconds]).toEqual([OTHER, 7n]);
  expect(c1.tasks.get(OTHER)?.issues.length).toBe(1);
});

test('connections are refused while it is shut, and taken on the same port afterwards', async () => {
  await using c1 = await start();
  await c1.refuse();
  await expect(accessToken(c1)).rejects.toThrow(/ECONNREFUSED/);
  await c1.accept();
  expect(await accessToken(c1)).toBe('test-access-token-0');
});

test('a rotated credential works beside the old one until that is revoked', async () => {
  await using c1 = await start();
  const next = c1.rotate();
  const tokenFor = async (secret: string) => (await post(c1, '/auth/v1/token', tokenForm(c1, { secret }))).status;
  expect(await tokenFor(next.clientSecret)).toBe(200);
  c1.revoke(c1.credential.clientSecret);
  expect([await tokenFor(c1.credential.clientSecret), await tokenFor(next.clientSecret)]).toEqual([401, 200]);
});

test('a recorded conversation is played again, answer by answer', async () => {
  const recorded: TranscriptEntry[] = [
    { t_ms: 0, call: 'token', reply: { status: 200, json: { expires_in: 11, token_type: 'bearer' } } },
    { t_ms: 1, call: 'Hello', reply_status: { code: 14, message: 'later' } },
    { t_ms: 2, call: 'Hello', reply: {} },
    { t_ms: 3, call: 'GetTask', reply: { nextPoll: '60s', task: { id: TASK, syncFull: { storageEngine: 'sqlite' } } } },
    { t_ms: 4, call: 'Heartbeat', reply: { nextHeartbeat: '0.500s', cancelled: true } },
  ];
  await using c1 = await start();
  for (const rule of rulesOf(recorded)) c1.fault(rule);
  expect((await post(c1, '/auth/v1/token', tokenForm(c1))).json).toMatchObject({
    expires_in: 11,
    token_type: 'bearer',
  });
  const client = await clientOf(c1);
  const hello = () => client.hello({ hostId: HOST, connectorMetadata: metadata });
  expect([await codeOf(hello()), await codeOf(hello())]).toEqual([Code.Unavailable, 'no error']);
  await client.getTask({ hostId: HOST });
  await client.heartbeat(about);
  const again = toTranscript(c1.exchanges).filter(({ call }) => call !== 'token');
  expect(again.map(({ reply, reply_status }) => reply ?? reply_status)).toEqual([
    { code: 14, message: 'later' },
    {},
    { nextPoll: '60s', task: { id: TASK, syncFull: { storageEngine: 'sqlite' } } },
    { nextHeartbeat: '0.500s', cancelled: true },
  ]);
});
