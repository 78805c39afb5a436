import { verify } from 'node:crypto';
import type { Clock } from '@batonkit/kernel';
import type { Credential } from './credential.ts';
import type { TokenRequest } from './exchange.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** How far a client's clock may be off, seconds. */
const SKEW = 60;

export interface TokenCheck {
  request: TokenRequest;
  credential?: Credential;
}

/** Checks a token request as C1 does: form, signature, addressee, times, a nonce that was never used (protocol: runtime 3.2). */
export function checkToken(
  body: string,
  credentials: readonly Credential[],
  clock: Clock,
  nonces: Map<string, number>,
): TokenCheck {
  const pairs = [...new URLSearchParams(body)];
  const form = Object.fromEntries(pairs);
  const assertion = decode(form['client_assertion'] ?? '');
  const request: TokenRequest = {
    keysInOrder: pairs.map(([key]) => key),
    form,
    ...(assertion === undefined ? {} : { assertion }),
  };
  // Two secrets of one client id are good while one takes the other's place.
  const own = credentials.filter(({ clientId }) => clientId === form['client_id']);
  const credential = own.find((one) => signedBy(form['client_assertion'] ?? '', one)) ?? own[0];
  const refused = fault(form, assertion, credential, clock.now() / 1000, nonces);
  if (refused !== undefined) return { request: { ...request, refused } };
  return { request, ...(credential === undefined ? {} : { credential }) };
}

function fault(
  form: Record<string, string>,
  assertion: TokenRequest['assertion'],
  credential: Credential | undefined,
  now: number,
  nonces: Map<string, number>,
): string | undefined {
  if (form['grant_type'] !== 'client_credentials') return 'grant_type';
  if (form['client_assertion_type'] !== JWT_BEARER) return 'client_assertion_type';
  if (credential === undefined) return 'client_id';
  if (assertion === undefined) return 'client_assertion';
  const { header, claims } = assertion;
  if (header['alg'] !== 'EdDSA') return 'alg';
  if (!signedBy(form['client_assertion'] ?? '', credential)) return 'signature';
  if (claims['iss'] !== credential.clientId || claims['sub'] !== credential.clientId) return 'iss and sub';
  if (![claims['aud']].flat().includes(credential.audience)) return 'aud';
  const [exp, nbf] = [Number(claims['exp']), Number(claims['nbf'])];
  if (!(exp > now - SKEW)) return 'exp';
  if (!(nbf < now + SKEW)) return 'nbf';
  if (!(exp - now <= 600 + SKEW)) return 'exp';
  if (!Number.isInteger(claims['iat'])) return 'iat';
  const nonce = header['nonce'];
  if (typeof nonce !== 'string' || !/^[0-9a-f]{32}$/.test(nonce)) return 'nonce';
  for (const [old, until] of nonces) if (until < now) nonces.delete(old);
  const key = `${credential.clientId} ${nonce}`;
  if (nonces.has(key)) return 'nonce used twice';
  nonces.set(key, exp + SKEW);
  return undefined;
}

function signedBy(jwt: string, { publicKey }: Credential): boolean {
  const [head = '', body = '', signature = ''] = jwt.split('.');
  return verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'));
}

function decode(jwt: string): TokenRequest['assertion'] {
  const parts = jwt.split('.');
  if (parts.length !== 3) return undefined;
  const [head = '', body = '', signature = ''] = parts;
  try {
    const header = JSON.parse(Buffer.from(head, 'base64url').toString('utf8')) as Record<string, unknown>;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Record<string, unknown>;
    return { header, claims, signatureBytes: Buffer.from(signature, 'base64url').length };
  } catch {
    return undefined;
  }
}
