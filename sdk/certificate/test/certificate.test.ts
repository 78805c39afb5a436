import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCertificate, canonicalJson, certificatePath, parseCertificate, verifyCertificate } from '../src/index.ts';

const span = { from: '2026-11-24T10:00:00.000Z', to: '2026-11-24T10:00:01.000Z' };
const list = {
  name: 'users',
  path: '/users',
  count: 3,
  distinct: 3,
  pages: 4,
  passes: 2,
  retries: 0,
  vanished: 0,
  serverScoped: 1,
  pageSize: 2,
  digest: 'a'.repeat(64),
};
const file = { syncId: '3MXLMtk760LHKNDsFJZBAbI7Dss', sha256: 'b'.repeat(64), contentDigest: 'c'.repeat(64) };
const certificate = buildCertificate({
  summary: file,
  evidence: {
    moment: span,
    verdict: 'complete',
    scope: 'full',
    origin: 'https://a.example',
    plan: 'embedded',
    roleId: 'id',
    owner: { id: 'u', roles: ['helpdesk'] },
    lists: [list],
    notes: {},
  },
  connector: { type: 'baton-runlayer', version: '0.1.0' },
  configDigest: 'd'.repeat(64),
});

describe('canonicalJson', () => {
  it('prints numbers as RFC 8785 says and sorts by code units', () => {
    expect(canonicalJson([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    );
    expect(Object.keys(JSON.parse(canonicalJson({ '\ufb33': 1, z: 2, '😀': 3, ö: 4 })) as object)).toEqual([
      'z',
      'ö',
      '😀',
      '\ufb33',
    ]);
  });

  it('is one text for one value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it.each([[Number.NaN], ['\ud800'], [undefined]])('refuses %j', (value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });
});

describe('certificate', () => {
  it('survives its own file and speaks of its file only', () => {
    const read = parseCertificate(canonicalJson(certificate));
    expect(read).toEqual(certificate);
    expect(verifyCertificate(read, file)).toEqual({ ok: true });
    for (const key of ['syncId', 'sha256', 'contentDigest'] as const) {
      expect(verifyCertificate(read, { ...file, [key]: 'x' }).ok).toBe(false);
    }
    expect(certificatePath('a/sync.c1z')).toBe('a/sync.c1z.cert.json');
  });

  it.each([
    ['not JSON', '{'],
    ['no object', 'null'],
    ['another format', canonicalJson({ ...certificate, format: 'v2' })],
    ['no hash', canonicalJson({ ...certificate, sha256: null })],
    ['another verdict', canonicalJson({ ...certificate, verdict: 'narrowed' })],
    ['no lists', canonicalJson({ ...certificate, lists: [] })],
    ['another order of keys', JSON.stringify(certificate)],
  ])('refuses one with %s', (_name, text) => {
    expect(() => parseCertificate(text)).toThrow('BK-CERT-');
  });
});
