import { appendFile, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '@batonkit/protocol';
import { ResourceSchema } from '@batonkit/protocol';
import { sizeDelimitedDecodeStream, sizeDelimitedEncode } from '@bufbuild/protobuf/wire';

/**
 * The resources that are still to be asked for entitlements and grants. They lie in the working
 * directory, as a tenant may have more of them than memory should hold.
 */
export class VisitFile {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(workDir: string): Promise<VisitFile> {
    const path = join(workDir, 'visit');
    await writeFile(path, '', { mode: 0o600 });
    return new VisitFile(path);
  }

  async append(resources: readonly Resource[]): Promise<void> {
    if (resources.length === 0) return;
    await appendFile(this.path, Buffer.concat(resources.map((one) => sizeDelimitedEncode(ResourceSchema, one))));
  }

  /** In the order in which they were listed. */
  read(): AsyncIterable<Resource> {
    return sizeDelimitedDecodeStream(ResourceSchema, createReadStream(this.path));
  }
}
