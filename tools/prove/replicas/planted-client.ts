// The least that a service may be, with one mistake: what the judge of the replicas has to see. Run as a process.
import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { BatonService, BatonServiceUploadAssetRequestSchema } from '@batonkit/protocol/connectorapi';
import { request } from 'node:https';

const {
  BATON_CLIENT_ID: clientId = '',
  BATON_CLIENT_SECRET: secret = '',
  BATON_C1_API_HOST: host = '',
  BATON_HOST_ID: hostId = '',
  SSL_CERT_FILE: authority = '',
  PLANTED: mistake = '',
  PLANTED_FILE: file = '',
} = process.env;
const ca = readFileSync(authority);
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const token = await askForToken();
const transport = createGrpcTransport({
  baseUrl: `https://${host}`,
  nodeOptions: { ca },
  interceptors: [
    (next) => (call) => {
      call.header.set('authorization', `Bearer ${token}`);
      return next(call);
    },
  ],
});
const client = createClient(BatonService, transport);
await client.hello({ hostId, connectorMetadata: { displayName: 'Planted' } });
if (mistake === 'prints its key') process.stderr.write(`starting with ${secret}\n`);
while (!stop.signal.aborted) {
  const { task } = await client.getTask({ hostId });
  if (task === undefined) {
    await wait(20);
    continue;
  }
  const about = { hostId, taskId: task.id };
  await client.heartbeat(about);
  if (mistake !== 'uploads nothing') await client.uploadAsset(upload(task.id, readFileSync(file)));
  const finish = () => client.finishTask({ ...about, finalState: { case: 'success', value: {} } });
  await finish().catch(() => undefined);
  if (mistake === 'finishes twice') await finish();
}
process.exit(0);

async function* upload(taskId: string, bytes: Buffer) {
  type Msg = Parameters<typeof create<typeof BatonServiceUploadAssetRequestSchema>>[1];
  const message = (init: Msg) => create(BatonServiceUploadAssetRequestSchema, init);
  yield message({ msg: { case: 'metadata', value: { hostId, taskId } } });
  yield message({ msg: { case: 'data', value: { data: bytes } } });
  yield message({ msg: { case: 'eof', value: { sha256Checksum: createHash('sha256').update(bytes).digest() } } });
}

function askForToken(): Promise<string> {
  const jwk = JSON.parse(Buffer.from(secret.split(':')[3] ?? '', 'base64url').toString('utf8')) as object;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: clientId, aud: 'localhost', exp: now + 120, nbf: now - 120, iat: now };
  const body = `${part({ alg: 'EdDSA', nonce: randomBytes(16).toString('hex') })}.${part(claims)}`;
  const key = createPrivateKey({ key: jwk as never, format: 'jwk' });
  const form = new URLSearchParams({
    client_assertion: `${body}.${sign(null, Buffer.from(body), key).toString('base64url')}`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_id: clientId,
    grant_type: 'client_credentials',
  });
  return new Promise((resolve, reject) => {
    const sent = request(`https://${host}/auth/v1/token`, { method: 'POST', ca }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (bytes: Buffer) => parts.push(bytes));
      response.on('end', () => {
        resolve((JSON.parse(Buffer.concat(parts).toString('utf8')) as { access_token: string }).access_token);
      });
    });
    sent.on('error', reject);
    sent.end(form.toString());
  });
}
