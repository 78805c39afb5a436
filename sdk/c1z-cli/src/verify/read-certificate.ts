import { constants } from 'node:fs';
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
    // A pipe that nobody writes to would be waited for, for ever, and a device has no end.
    await using file = await open(certificate, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await file.stat();
    if (!found.isFile() && !found.isDirectory())
      throw fail('BK-VERIFY-READ', { certificate, why: 'it is no plain file' });
    const { size } = found;
    if (size > LIMIT) throw fail('BK-VERIFY-READ', { certificate, why: 'it is far too large' });
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await file.readFile());
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    const why = new Map([
      ['EISDIR', 'it is a folder'],
      ['EACCES', 'the system refuses it'],
      ['ELOOP', 'it is a link that leads to itself'],
      ['ERR_ENCODING_INVALID_ENCODED_DATA', 'it is not text'],
    ]).get(code ?? '');
    throw why === undefined ? error : fail('BK-VERIFY-READ', { certificate, why }, { cause: error });
  }
}
