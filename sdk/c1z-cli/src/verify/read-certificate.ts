import { open } from 'node:fs/promises';
import { certificatePath } from '@batonkit/certificate';
import { fail } from '../errors.ts';

// A certificate is a few kilobytes; something else may lie there under its name.
const LIMIT = 16 * 1024 * 1024;

/**
 * The text of the certificate beside a file; undefined when there is none.
 *
 * @throws BatonError `BK-VERIFY-READ`: there is one that cannot be read
 */
export async function readCertificate(c1zPath: string): Promise<string | undefined> {
  const certificate = certificatePath(c1zPath);
  try {
    await using file = await open(certificate, 'r');
    const { size } = await file.stat();
    if (size > LIMIT) throw fail('BK-VERIFY-READ', { certificate, why: 'it is far too large' });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const why = new Map([
      ['EISDIR', 'it is a folder'],
      ['EACCES', 'the system refuses it'],
      ['ERR_ENCODING_INVALID_ENCODED_DATA', 'it is not text'],
    ]).get(code ?? '');
    throw why === undefined ? error : fail('BK-VERIFY-READ', { certificate, why }, { cause: error });
  }
}
