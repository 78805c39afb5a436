import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  certificatePem,
  createCertificateAuthority,
  ed25519FromSeed,
  ed25519ToSeed,
} from '../src/certificate-authority.ts';
import { systemClock, systemRandom, VirtualClock } from '../src/index.ts';

const deps = { clock: systemClock, random: systemRandom };

describe('a certificate authority', () => {
  it('issues what other libraries read: names, addresses, purposes, and its own signature', () => {
    const authority = createCertificateAuthority({ commonName: 'root of a test' }, deps);
    const root = new X509Certificate(authority.cert);
    const hosts = ['127.0.0.1', '::1', '2001:db8::a:0:1', 'hub.example'];
    const leaf = new X509Certificate(authority.issue({ commonName: 'leaf', hosts }).cert);
    expect(root.ca).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    for (const ip of hosts.slice(0, 3)) expect(leaf.checkIP(ip)).toBe(ip);
    expect(leaf.checkHost('hub.example')).toBe('hub.example');
    expect(leaf.checkIP('127.0.0.2')).toBeUndefined();
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1']);
  });

  it.each([
    ['2026-03-01T00:00:00Z', 365, 'Mar  1 00:00:00 2027 GMT'],
    ['2049-06-01T00:00:00Z', 400, 'Jul  6 00:00:00 2050 GMT'],
  ])('counts its days from the clock: %s', (now, days, end) => {
    const clock = new VirtualClock(Date.parse(now));
    const authority = createCertificateAuthority({ commonName: 'root' }, { clock, random: systemRandom });
    expect(new X509Certificate(authority.issue({ commonName: 'leaf', days }).cert).validTo).toBe(end);
  });

  it('is one that both ends of a connection can rely on, and another is refused', async () => {
    const [own, other] = ['own', 'other'].map((commonName) => createCertificateAuthority({ commonName }, deps));
    if (own === undefined || other === undefined) throw new Error('unreachable');
    const server = own.issue({ commonName: 'server', hosts: ['127.0.0.1'] });
    const pem = (key: typeof server): { cert: string; key: string | Buffer } => ({
      cert: certificatePem(key.cert),
      key: key.privateKey.export({ format: 'pem', type: 'pkcs8' }),
    });
    const listener = createServer(
      { ...pem(server), ca: certificatePem(own.cert), requestCert: true, rejectUnauthorized: true },
      (socket) => socket.end('hello'),
    ).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const talk = async (ca: Uint8Array, client: typeof server): Promise<string> => {
      const socket = connect({ port, host: '127.0.0.1', ca: certificatePem(ca), ...pem(client) });
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      if (text === '') throw new Error('the server said nothing');
      return text;
    };
    await expect(talk(own.cert, own.issue({ commonName: 'client' }))).resolves.toBe('hello');
    await expect(talk(other.cert, own.issue({ commonName: 'client' }))).rejects.toThrow();
    await expect(talk(own.cert, other.issue({ commonName: 'client' }))).rejects.toThrow();
    listener.close();
  });

  it('has keys in the form of Go and back', () => {
    const { privateKey } = createCertificateAuthority({ commonName: 'root' }, deps).issue({ commonName: 'leaf' });
    const raw = ed25519ToSeed(privateKey);
    expect(raw).toHaveLength(64);
    expect(ed25519FromSeed(raw).equals(privateKey)).toBe(true);
  });
});
