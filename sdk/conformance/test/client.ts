import { createHash, createPrivateKey, randomBytes, sign } from 'node:crypto';
import { connect } from 'node:http2';
import { createClient, type Client } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { create } from '@bufbuild/protobuf';
import {
  BatonService,
  BatonServiceUploadAssetRequestSchema,
  type BatonServiceUploadAssetRequest,
} from '@batonkit/protocol/connectorapi';
import type { FakeC1 } from '@batonkit/conformance';

export const HOST = 'replica-1';

export interface TokenParts {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  form?: Record<string, string>;
  secret?: string;
}

/** A token request made by hand, with parts of it replaced. */
export function tokenForm(c1: FakeC1, { claims, header, form, secret }: TokenParts = {}): string {
  const { clientId, audience } = c1.credential;
  const data = (secret ?? c1.credential.clientSecret).split(':')[3] ?? '';
  const key = createPrivateKey({ key: JSON.parse(Buffer.from(data, 'base64url').toString('utf8')), format: 'jwk' });
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ alg: 'EdDSA', nonce: randomBytes(16).toString('hex'), ...header });
  const times = { exp: now + 120, nbf: now - 120, iat: now };
  const body = part({ iss: clientId, sub: clientId, aud: audience, ...times, ...claims });
  const signature = sign(null, Buffer.from(`${head}.${body}`), key).toString('base64url');
  return new URLSearchParams({
    client_assertion: `${head}.${body}.${signature}`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_id: clientId,
    grant_type: 'client_credentials',
    ...form,
  }).toString();
}

export interface HttpAnswer {
  status: number;
  json: Record<string, unknown>;
}

/** Posts over HTTP/2. */
export async function post(c1: FakeC1, path: string, body: string): Promise<HttpAnswer> {
  const session = connect(`https://${c1.host}`, { ca: c1.authority });
  session.on('error', () => undefined);
  try {
    const stream = session.request({ ':method': 'POST', ':path': path });
    let status = 0;
    stream.on('response', (headers) => {
      status = Number(headers[':status']);
    });
    stream.end(body);
    const parts: Buffer[] = [];
    for await (const part of stream as AsyncIterable<Buffer>) parts.push(part);
    const text = Buffer.concat(parts).toString('utf8');
    return { status, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  } finally {
    session.destroy();
  }
}

export async function accessToken(c1: FakeC1): Promise<string> {
  const { json } = await post(c1, '/auth/v1/token', tokenForm(c1));
  return String(json['access_token']);
}

/** A client that another library made, with a good token unless one is given. */
export async function clientOf(c1: FakeC1, given?: string): Promise<Client<typeof BatonService>> {
  const token = given ?? (await accessToken(c1));
  const transport = createGrpcTransport({
    baseUrl: `https://${c1.host}`,
    nodeOptions: { ca: c1.authority },
    interceptors: [
      (next) => (request) => {
        request.header.set('authorization', `Bearer ${token}`);
        return next(request);
      },
    ],
  });
  return createClient(BatonService, transport);
}

/** The messages of an upload. */
export async function* upload(
  taskId: string,
  file: Uint8Array,
  { hostId = HOST, chunk = 512 * 1024, sha256 = createHash('sha256').update(file).digest() as Uint8Array } = {},
): AsyncGenerator<BatonServiceUploadAssetRequest> {
  const message = (msg: BatonServiceUploadAssetRequest['msg']): BatonServiceUploadAssetRequest =>
    create(BatonServiceUploadAssetRequestSchema, { msg } as never);
  yield message({ case: 'metadata', value: { hostId, taskId } as never });
  for (let at = 0; at < file.length; at += chunk)
    yield message({ case: 'data', value: { data: file.subarray(at, at + chunk) } as never });
  yield message({ case: 'eof', value: { sha256Checksum: sha256 } as never });
}

export const fileOf = (bytes: number): Buffer => Buffer.concat([Buffer.from('C1ZF\0'), Buffer.alloc(bytes, 7)]);
