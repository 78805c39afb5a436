// A file as a bare client stream of the library, with SHA-256: 512 KiB a message.
//
//   node bench/floor/upload.ts PORT AUTHORITY-FILE FILE
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { BatonService } from '@batonkit/protocol/connectorapi';
import type { BatonServiceUploadAssetRequestSchema } from '@batonkit/protocol/connectorapi';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { report } from './report.ts';

const [port = '', authority = '', path = ''] = process.argv.slice(2);
const transport = createGrpcTransport({
  baseUrl: `https://127.0.0.1:${port}`,
  nodeOptions: { ca: readFileSync(authority) },
});
const start = performance.now();
await createClient(BatonService, transport).uploadAsset(messages());
report({ ms: performance.now() - start });
process.exit();

async function* messages(): AsyncGenerator<MessageInitShape<typeof BatonServiceUploadAssetRequestSchema>> {
  yield { msg: { case: 'metadata', value: { hostId: 'bench', taskId: 'bench' } } };
  const hash = createHash('sha256');
  await using file = await open(path);
  for await (const data of file.createReadStream({ highWaterMark: 524_288, autoClose: false })) {
    hash.update(data as Uint8Array);
    yield { msg: { case: 'data', value: { data: data as Uint8Array<ArrayBuffer> } } };
  }
  yield { msg: { case: 'eof', value: { sha256Checksum: hash.digest() } } };
}
