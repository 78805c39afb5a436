import { X509Certificate } from 'node:crypto';
import { certificatePem, ed25519FromSeed } from '@batonkit/kernel/certificate-authority';
import { ServerConfigSchema } from '@batonkit/protocol/connector-wrapper';
import type { ServerConfig } from '@batonkit/protocol/connector-wrapper';
import { fromBinary } from '@bufbuild/protobuf';
import { fail } from '../errors.ts';
import type { ServerCredentials } from './start-connector-server.ts';

/**
 * What a parent tells its child: standard base64 with padding of a `ServerConfig`. Certificates are DER, the key is
 * Go's form of Ed25519: 32 bytes of seed and the public half (recorded).
 *
 * @throws BatonError `BK-CHILD`
 */
export function readServerConfig(line: string): { credentials: ServerCredentials; port: number } {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line) || line.length % 4 !== 0)
    throw fail('BK-CHILD', { what: 'the line on standard input is not base64' });
  let config: ServerConfig;
  try {
    config = fromBinary(ServerConfigSchema, Buffer.from(line, 'base64'));
  } catch (error) {
    throw fail('BK-CHILD', { what: 'the line on standard input holds no server configuration' }, { cause: error });
  }
  const { credential, listenPort } = config;
  if (credential === undefined) throw fail('BK-CHILD', { what: 'the parent gives no certificate' });
  const { caCert, cert, key } = credential;
  const [own] = [certificateOf(cert, 'certificate'), certificateOf(caCert, 'certificate authority')];
  if (key.length !== 64) throw fail('BK-CHILD', { what: 'the key that the parent gives is not 64 bytes long' });
  const privateKey = ed25519FromSeed(key);
  if (!own.checkPrivateKey(privateKey))
    throw fail('BK-CHILD', { what: 'the key that the parent gives is not that of the certificate' });
  return {
    credentials: {
      cert: certificatePem(cert),
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      clientCa: certificatePem(caCert),
    },
    port: listenPort,
  };
}

function certificateOf(der: Uint8Array, what: string): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch (error) {
    throw fail('BK-CHILD', { what: `the ${what} that the parent gives cannot be read` }, { cause: error });
  }
}
