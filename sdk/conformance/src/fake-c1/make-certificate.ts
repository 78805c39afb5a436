import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Clock, Random } from '@batonkit/kernel';

/** What a TLS server of a test shows, and what its clients have to trust. All PEM. */
export interface MadeCertificate {
  authority: string;
  certificate: string;
  key: string;
}

const DAY = 24 * 3_600_000;

/**
 * An authority of its own and one server certificate for this machine (localhost, 127.0.0.1, ::1), signed by it.
 * Node reads certificates and makes none, so their bytes are put together here (RFC 5280, DER).
 */
export function makeCertificate(clock: Clock, random: Random): MadeCertificate {
  const [authority, server] = [newKeys(), newKeys()];
  const times = { from: clock.now() - DAY, to: clock.now() + 365 * DAY };
  const common = { issuer: 'Test authority', signedBy: authority.privateKey, ...times };
  return {
    authority: sign({
      ...common,
      subject: 'Test authority',
      publicKey: authority.publicKey,
      serial: random.bytes(8),
      extensions: [
        extension(BASIC_CONSTRAINTS, true, sequence(tagged(0x01, Buffer.from([0xff])))),
        // keyCertSign, cRLSign
        extension(KEY_USAGE, true, tagged(0x03, Buffer.from([0x01, 0x06]))),
        extension(SUBJECT_KEY, false, tagged(0x04, keyId(authority.publicKey))),
      ],
    }),
    certificate: sign({
      ...common,
      subject: 'localhost',
      publicKey: server.publicKey,
      serial: random.bytes(8),
      extensions: [
        extension(BASIC_CONSTRAINTS, true, sequence()),
        // digitalSignature
        extension(KEY_USAGE, true, tagged(0x03, Buffer.from([0x07, 0x80]))),
        extension(SUBJECT_KEY, false, tagged(0x04, keyId(server.publicKey))),
        extension(AUTHORITY_KEY, false, sequence(tagged(0x80, keyId(authority.publicKey)))),
        extension(EXTENDED_KEY_USAGE, false, sequence(identifier(SERVER_AUTHENTICATION))),
        extension(
          SUBJECT_ALTERNATIVE_NAMES,
          false,
          sequence(
            tagged(0x82, Buffer.from('localhost')),
            tagged(0x87, Buffer.from([127, 0, 0, 1])),
            tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
          ),
        ),
      ],
    }),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const keyId = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Contents {
  subject: string;
  issuer: string;
  publicKey: KeyObject;
  signedBy: KeyObject;
  serial: Uint8Array;
  /** Milliseconds since the Unix epoch. */
  from: number;
  to: number;
  extensions: Buffer[];
}

function sign({ subject, issuer, publicKey, signedBy, serial, from, to, extensions }: Contents): string {
  const algorithm = sequence(identifier(ECDSA_WITH_SHA256));
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([0x01, ...serial])),
    algorithm,
    name(issuer),
    sequence(time(from), time(to)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = createSign('sha256').update(body).sign(signedBy);
  const whole = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';
const COMMON_NAME = '550403';
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const EXTENDED_KEY_USAGE = '551d25';
const SUBJECT_ALTERNATIVE_NAMES = '551d11';
const SUBJECT_KEY = '551d0e';
const AUTHORITY_KEY = '551d23';
const SERVER_AUTHENTICATION = '2b06010505070301';

function tagged(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const identifier = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const name = (text: string): Buffer =>
  sequence(tagged(0x31, sequence(identifier(COMMON_NAME), tagged(0x0c, Buffer.from(text)))));
const time = (milliseconds: number): Buffer =>
  tagged(0x17, Buffer.from(`${new Date(milliseconds).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(identifier(id), ...(critical ? [tagged(0x01, Buffer.from([0xff]))] : []), tagged(0x04, value));
