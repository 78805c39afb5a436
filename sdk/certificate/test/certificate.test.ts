import { generateKeyPairSync, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildCertificate,
  canonicalJson,
  certificatePath,
  checkSignature,
  isCanonicalJson,
  parseCertificate,
  readSigningKey,
  readVerifyingKey,
  signCertificate,
  spanOfCertificate,
  verifyCertificate,
  type Certificate,
  type CertificateInput,
} from '../src/index.ts';

const golden = readFileSync(new URL('../../../tests/fixtures/certificate/complete.cert.json', import.meta.url), 'utf8');

const file = { syncId: '3MXLMtk760LHKNDsFJZBAbI7Dss', sha256: 'a'.repeat(64), contentDigest: 'b'.repeat(64) };
const span = { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T10:00:01.000Z' };
const input: CertificateInput = {
  summary: file,
  evidence: {
    moment: span,
    verdict: 'complete',
    scope: 'full',
    origin: 'https://tenant.example',
    plan: 'embedded',
    roleId: 'id',
    owner: { id: 'u-1', roles: ['r-1'] },
    lists: [
      {
        name: 'users',
        path: '/users',
        count: 3,
        distinct: 3,
        pages: 4,
        passes: 2,
        retries: 1,
        vanished: 0,
        serverScoped: 1,
        pageSize: 2,
        digest: 'd'.repeat(64),
      },
      {
        name: 'roles',
        path: '/roles',
        count: null,
        distinct: 7,
        pages: 2,
        passes: 2,
        retries: 0,
        vanished: 0,
        serverScoped: 0,
        pageSize: 1000,
        digest: 'e'.repeat(64),
      },
    ],
    notes: { textsCut: 1 },
  },
  connector: { type: 'runlayer', version: '0.1.0' },
  configDigest: 'c'.repeat(64),
};
const certificate = buildCertificate(input);
const exception = {
  name: 'unknown-role=placeholder',
  reason: 'Role of the pilot',
  by: 'Ada',
  at: '2026-11-24T09:00:00.000Z',
};

function certificateOf(evidence: Partial<CertificateInput['evidence']>): Certificate {
  const { moment, ...rest } = input.evidence;
  return buildCertificate({
    ...input,
    evidence: { ...rest, ...('window' in evidence || moment === undefined ? {} : { moment }), ...evidence },
  });
}

describe('canonical JSON', () => {
  // The samples of RFC 8785, appendix B: the double's bits and its one text.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it('sorts keys by code units and escapes as little as it must', () => {
    expect(canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 })).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe('"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"');
  });

  it('is one text for one value, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(JSON.parse(text)))).toBe(text);
        expect(isCanonicalJson(text)).toBe(true);
        expect(isCanonicalJson(` ${text}`)).toBe(false);
      }),
    );
  });

  it.each([
    [Number.NaN],
    [Infinity],
    ['\ud800'],
    [{ '\udc00': 1 }],
    [undefined],
    [{ a: undefined }],
    [1n],
    [new Date(0)],
  ])('refuses what JSON cannot say (%#)', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('a certificate', () => {
  it('is the document that it was in every release of this format', () => {
    expect(canonicalJson(certificate)).toBe(golden);
    expect(parseCertificate(golden)).toEqual(certificate);
    expect(certificatePath('a/sync.c1z')).toBe('a/sync.c1z.cert.json');
  });

  it('is of its file only', () => {
    expect(verifyCertificate(certificate, file)).toEqual({ ok: true });
    const reason = (change: Partial<typeof file>) => {
      const verdict = verifyCertificate(certificate, { ...file, ...change });
      return verdict.ok ? 'none' : verdict.reason.code;
    };
    expect(reason({ syncId: '3MXLPZcQ983B1kLiOvsyTEzCxZq' })).toBe('BK-CERT-SYNC');
    expect(reason({ sha256: 'f'.repeat(64) })).toBe('BK-CERT-FILE');
    expect(reason({ contentDigest: 'f'.repeat(64) })).toBe('BK-CERT-CONTENT');
  });

  it.each<[string, Partial<CertificateInput['evidence']>]>([
    ['a window', { window: span, passes: 4 }],
    ['one pass', { window: span, passes: 1 }],
    ['exceptions', { verdict: 'complete with exceptions', exceptions: [exception], passes: 2 }],
    ['a smaller scope', { verdict: 'narrowed', scope: { types: ['user'], skip: ['grants'] } }],
    [
      'a smaller scope and an exception',
      { verdict: 'narrowed', scope: { types: ['user'], skip: [] }, exceptions: [exception] },
    ],
  ])('with %s says so, and is read back as it was', (_name, evidence) => {
    const written = certificateOf(evidence);
    const read = parseCertificate(canonicalJson(written));
    expect(read).toEqual(written);
    expect(read).toMatchObject(evidence);
    expect(spanOfCertificate(read)).toEqual(span);
  });

  it('has one time, neither none nor two', () => {
    const { moment: _, ...timeless } = input.evidence;
    expect(() => buildCertificate({ ...input, evidence: timeless })).toThrow(RangeError);
    expect(() => certificateOf({ moment: span, window: span })).toThrow(RangeError);
  });

  it.each<[string, string]>([
    ['that is not JSON', '{'],
    ['that is no object', 'null'],
    ['of another format', canonicalJson({ ...certificate, format: 'batonkit certificate v2' })],
    ['without a hash', canonicalJson({ ...certificate, sha256: null })],
    ['with a verdict that nobody here knows', canonicalJson({ ...certificate, verdict: 'mostly complete' })],
    ['called narrowed with the full scope', canonicalJson({ ...certificate, verdict: 'narrowed' })],
    ['called complete with a smaller scope', canonicalJson({ ...certificate, scope: { types: ['user'], skip: [] } })],
    ['with a scope that nobody here knows', canonicalJson({ ...certificate, scope: { types: ['user'], skip: ['x'] } })],
    ['called complete with an exception', canonicalJson({ ...certificate, exceptions: [exception] })],
    ['whose exceptions are none', canonicalJson({ ...certificate, verdict: 'complete with exceptions' })],
    [
      'with an exception that nobody answers for',
      canonicalJson({ ...certificate, verdict: 'complete with exceptions', exceptions: [{ ...exception, by: '' }] }),
    ],
    ['with a moment and a window', canonicalJson({ ...certificate, window: span })],
    ['with a key and no signature', canonicalJson({ ...certificate, key_id: 'a'.repeat(64) })],
    ['with a signature that nobody here can check', canonicalJson({ ...certificate, signature: 'abc' })],
    ['without lists', canonicalJson({ ...certificate, lists: [] })],
    ['with a member that nobody here knows', canonicalJson({ ...certificate, windows: {} })],
    ['with an exception', canonicalJson({ ...certificate, exceptions: ['static-roles'] })],
    ['with a negative count', canonicalJson({ ...certificate, notes: { textsCut: -1 } })],
    ['whose moment ends before it begins', canonicalJson({ ...certificate, moment: { from: span.to, to: span.from } })],
  ])('%s is refused', (_name, text) => {
    expect(() => parseCertificate(text)).toThrow(expect.objectContaining({ code: 'BK-CERT-FORM', status: 15 }));
  });

  it('loses any one member and is refused', () => {
    for (const name of Object.keys(certificate)) {
      const rest = Object.fromEntries(Object.entries(certificate).filter(([key]) => key !== name));
      expect(() => parseCertificate(canonicalJson(rest)), name).toThrow(
        expect.objectContaining({ code: 'BK-CERT-FORM' }),
      );
    }
  });

  it.each<[string, string]>([
    ['other white space', `${golden}\n`],
    ['another order of keys', JSON.stringify(certificate)],
    ['one key twice', golden.replace('"plan":', '"plan":"per-user","plan":')],
  ])('with %s is not the text that was written', (_name, text) => {
    expect(() => parseCertificate(text)).toThrow(expect.objectContaining({ code: 'BK-CERT-CANONICAL' }));
  });
});

describe('a signature', () => {
  const pair = () => generateKeyPairSync('ed25519');
  const pemOf = ({ privateKey }: ReturnType<typeof pair>): string =>
    privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const key = readSigningKey(pemOf(pair()));
  const trusted = [readVerifyingKey(readSigningKey(pemOf(pair())).publicPem), readVerifyingKey(key.publicPem)];
  const signed = signCertificate(certificate, key);

  it('is valid for the text that was signed, by the key that it names', () => {
    const read = parseCertificate(canonicalJson(signed));
    expect(read).toEqual(signed);
    expect(read.key_id).toBe(key.keyId);
    expect(checkSignature(read, trusted)).toBe('valid');
    expect(checkSignature(read, trusted.slice(0, 1))).toBe('unknown-key');
    expect(checkSignature(certificate, trusted)).toBe('unsigned');
    expect(verifyCertificate(read, file, trusted)).toEqual({ ok: true });
  });

  it('is that of RFC 8032 over the prefix and the canonical body', () => {
    // The first test key of RFC 8032, 7.1, as PKCS #8.
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64');
    const known = readSigningKey(`-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`);
    expect(known.keyId).toBe('21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9');
    const { signature, ...body } = signCertificate(certificate, known);
    const message = Buffer.from(`batonkit certificate v1\n${canonicalJson(body)}`);
    const publicKey = readVerifyingKey(known.publicPem).publicKey;
    expect(verify(null, message, publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('is wrong after any change, whatever member it is in', () => {
    for (const [name, value] of Object.entries(signed)) {
      if (name === 'signature' || name === 'key_id') continue;
      const changed = { ...signed, [name]: typeof value === 'string' ? `${value}x` : [value] } as Certificate;
      expect(checkSignature(changed, trusted), name).toBe('invalid');
    }
    const forged = verifyCertificate({ ...signed, plan: 'flat' }, file, trusted);
    expect(!forged.ok && forged.reason.code).toBe('BK-CERT-SIGNATURE');
    // Of the same length, but nothing.
    expect(checkSignature({ ...signed, signature: 'A'.repeat(86) }, trusted)).toBe('invalid');
    expect(() => parseCertificate(canonicalJson({ ...signed, signature: 'A'.repeat(85) }))).toThrow();
  });

  it('needs an Ed25519 key, and no message tells of the one that was given', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsaPem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    for (const read of [
      () => readSigningKey('-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'),
      () => readSigningKey(rsaPem),
      () => readSigningKey(key.publicPem),
      () => readVerifyingKey(pemOf(pair())),
      () => readVerifyingKey('nothing'),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: 'BK-CERT-KEY' }));
      expect(read).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
    }
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
