import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** A certificate with its key. */
export interface IssuedCertificate {
  /** DER. */
  cert: Uint8Array;
  privateKey: KeyObject;
}

export interface CertificateSubject {
  commonName: string;
  /** Names and IP addresses of a server; a client needs none. */
  hosts?: readonly string[];
  /** How long it is valid, days; 365 by default. */
  days?: number;
}

/** Issues certificates that only its own root vouches for. */
export interface CertificateAuthority {
  /** The root, DER. */
  cert: Uint8Array;
  /** For both ends of a connection: server and client. */
  issue(subject: CertificateSubject): IssuedCertificate;
}

/**
 * Makes an authority whose key lives in this object alone: for connections between processes that know each other.
 * Ed25519, X.509 version 3.
 */
export function createCertificateAuthority(
  { commonName, days = 3650 }: Omit<CertificateSubject, 'hosts'>,
  { clock, random }: { clock: Clock; random: Random },
): CertificateAuthority {
  const issuer = nameOf(commonName);
  const root = generateKeyPairSync('ed25519');
  const make = (subject: Uint8Array, key: KeyObject, days: number, extensions: Uint8Array[]): Uint8Array => {
    const spki = key.export({ format: 'der', type: 'spki' });
    const body = sequence(
      der(0xa0, integer(Uint8Array.of(2))),
      integer(serial(random)),
      ED25519,
      issuer,
      // Clocks of two machines differ a little.
      sequence(time(clock.now() - 300_000), time(clock.now() + days * 86_400_000)),
      subject,
      spki,
      der(0xa3, sequence(...extensions)),
    );
    return sequence(body, ED25519, bits(sign(null, body, root.privateKey)));
  };
  const rootPoint = root.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const keyId = createHash('sha1').update(rootPoint).digest();
  const purposes = extension('551d25', false, sequence(oid('2b06010505070302'), oid('2b06010505070301')));
  return {
    cert: make(issuer, root.publicKey, days, [
      extension('551d0f', true, Uint8Array.of(0x03, 0x02, 0x02, 0x84)),
      purposes,
      extension('551d13', true, sequence(Uint8Array.of(0x01, 0x01, 0xff))),
      extension('551d0e', false, der(0x04, keyId)),
    ]),
    issue: ({ commonName, hosts = [], days = 365 }) => {
      const pair = generateKeyPairSync('ed25519');
      const names = hosts.map((host) => (isIP(host) === 0 ? der(0x82, ascii(host)) : der(0x87, addressOf(host))));
      const cert = make(nameOf(commonName), pair.publicKey, days, [
        extension('551d0f', true, Uint8Array.of(0x03, 0x02, 0x07, 0x80)),
        purposes,
        ...(names.length === 0 ? [] : [extension('551d11', false, sequence(...names))]),
      ]);
      return { cert, privateKey: pair.privateKey };
    },
  };
}

/** DER as PEM, which is what Node's TLS takes. */
export function certificatePem(cert: Uint8Array): string {
  const lines =
    Buffer.from(cert)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

// All that stands before the 32 bytes of an Ed25519 seed in PKCS#8 (RFC 8410).
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key of its 32-byte seed; Go's form has the public half after it, which is left out. */
export function ed25519FromSeed(raw: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8_PREFIX, raw.subarray(0, 32)]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

/** Go's form of an Ed25519 key: the seed, then the public half; 64 bytes. */
export function ed25519ToSeed(key: KeyObject): Uint8Array {
  const jwk = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(jwk.d ?? '', 'base64url'), Buffer.from(jwk.x ?? '', 'base64url')]);
}

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Uint8Array.of(tag, ...size), body]);
}

const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
const oid = (hex: string): Uint8Array => der(0x06, Buffer.from(hex, 'hex'));
const integer = (bytes: Uint8Array): Uint8Array => der(0x02, bytes);
const bits = (bytes: Uint8Array): Uint8Array => der(0x03, Uint8Array.of(0), bytes);
const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const ED25519 = sequence(oid('2b6570'));

function extension(id: string, isCritical: boolean, value: Uint8Array): Uint8Array {
  const critical = isCritical ? [Uint8Array.of(0x01, 0x01, 0xff)] : [];
  return sequence(oid(id), ...critical, der(0x04, value));
}

function nameOf(commonName: string): Uint8Array {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName, 'utf8')))));
}

/** Positive and never zero: the first byte is made so. */
function serial(random: Random): Uint8Array {
  const bytes = random.bytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** UTCTime to the year 2049, GeneralizedTime from then on (RFC 5280). */
function time(at: number): Uint8Array {
  const text = `${new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return text < '2050' ? der(0x17, ascii(text.slice(2))) : der(0x18, ascii(text));
}

function addressOf(host: string): Uint8Array {
  if (isIP(host) === 4) return Uint8Array.from(host.split('.'), Number);
  // The URL parser writes an address in one form: at most one `::`, no IPv4 tail.
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined): string[] => (text ? text.split(':') : []);
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [
    ...groups(head),
    ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'),
    ...groups(tail),
  ];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
