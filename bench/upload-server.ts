// Takes uploads over TLS, sums them up and keeps nothing; gives a token to whoever asks.
//
//   node bench/upload-server.ts AUTHORITY-FILE
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '@batonkit/conformance';
import { systemRandom } from '@batonkit/kernel';
import { BatonService } from '@batonkit/protocol/connectorapi';
import { Code, ConnectError } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';

const { authority, certificate, key } = makeCertificate(systemRandom);
writeFileSync(process.argv[2] ?? '', authority);
const grpc = connectNodeAdapter({
  routes: (router) =>
    router.service(BatonService, {
      uploadAsset: async (messages) => {
        const hash = createHash('sha256');
        for await (const { msg } of messages) {
          if (msg.case === 'data') hash.update(msg.value.data);
          if (msg.case === 'eof' && !hash.digest().equals(msg.value.sha256Checksum))
            throw new ConnectError('another checksum', Code.InvalidArgument);
        }
        return {};
      },
    }),
});
const server = createSecureServer({ cert: certificate, key }, (request, response) => {
  if (request.url !== '/auth/v1/token') {
    grpc(request, response);
    return;
  }
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{"access_token":"bench-token-0123456789","token_type":"Bearer","expires_in":3600}');
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
