import { closeSync, openSync, readSync } from 'node:fs';

/** No secret is longer. */
export const SECRET_LIMIT = 64 * 1024;

/**
 * Reads a file with a secret in it. It may be a pipe, so its size is not known before; a device has no end.
 *
 * @returns undefined when there is more in it than a secret
 * @throws NodeJS.ErrnoException
 */
export function readSecret(path: string): string | undefined {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(SECRET_LIMIT + 1);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (read === 0) return bytes.toString('utf8', 0, length);
      length += read;
    }
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
