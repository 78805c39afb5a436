import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { certificatePath } from '@batonkit/certificate';
import * as store from '@batonkit/console-store';
import { fail } from '../../errors.ts';
import type { FileAnswer, Handlers } from '../operation.ts';
import type { HandlerContext } from './context.ts';

type Names = 'getCertificate' | 'downloadSync' | 'downloadCertificate' | 'downloadCertificateKey';

/** What somebody needs who does not believe the console: file, certificate and key, to be checked elsewhere. */
export function evidenceHandlers({ store: { db }, dataDir }: HandlerContext): Pick<Handlers, Names> {
  return {
    getCertificate: async ({ params }) =>
      JSON.parse(await store.getCertificate(db, params.syncId)) as Record<string, unknown>,
    downloadSync: async ({ params: { syncId } }) => {
      const path = join(dataDir, await store.getSyncPath(db, syncId));
      const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
        // Any other trouble, such as no right to look, must not read as if somebody had removed it.
        throw error.code === 'ENOENT' ? fail('BK-FILE-GONE', { syncId }) : error;
      });
      const open = () => Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>;
      return { name: `${syncId}.c1z`, bytes: info.size, open };
    },
    downloadCertificate: async ({ params: { syncId } }) =>
      textFile(certificatePath(`${syncId}.c1z`), await store.getCertificate(db, syncId)),
    downloadCertificateKey: async ({ params: { keyId } }) =>
      textFile(`${keyId.slice(0, 8)}.pem`, (await store.getCertificateKey(db, keyId)).publicPem),
  };
}

const textFile = (name: string, text: string): FileAnswer => ({
  name,
  bytes: Buffer.byteLength(text),
  open: () => new Blob([text]).stream(),
});
