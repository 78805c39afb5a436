import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { z } from 'zod';
import { BatonError } from '@batonkit/kernel';
import { openC1z } from '@batonkit/c1z';
import { certificatePath, parseCertificate, verifyCertificate, type Certificate } from '@batonkit/certificate';
import { Instant } from '@batonkit/console-contract';
import type { Artefact, CertificateFacts } from '@batonkit/console-store';
import type { DataDirectory } from '../data/data-directory.ts';
import { fail } from '../errors.ts';
import type { ResultLine } from './progress-line.ts';

/**
 * Takes a hosted run's file over, if it is what its certificate says: hash, content digest, sync id and
 * a complete verdict, all compared with the file itself and not with what the child reported.
 *
 * @throws BatonError `BK-RUN-INCOMPLETE`, `BK-CERT-…`, `BK-C1Z-…`; the run is an error then
 */
export async function takeFile(
  file: string,
  result: ResultLine & { ok: true },
  data: DataDirectory,
  workDir: string,
): Promise<{ artefact: Artefact; certificate: CertificateFacts }> {
  const text = await readFile(certificatePath(file), 'utf8').catch(() => undefined);
  if (text === undefined) throw fail('BK-RUN-INCOMPLETE', { reason: 'There is no certificate beside the file.' });
  const certificate = parseCertificate(text);
  const { syncId, sha256, contentDigest } = await readBack(file, workDir);
  const verdict = verifyCertificate(certificate, { sha256, contentDigest, syncId });
  if (!verdict.ok) throw new BatonError(verdict.reason);
  if (syncId !== result.syncId || sha256 !== result.sha256) {
    throw fail('BK-RUN-INCOMPLETE', { reason: 'The program reported another file than the one that it left.' });
  }
  const facts = factsOf(certificate, text);
  const place = data.artefact(syncId);
  const { size: bytes } = await stat(file);
  await rename(certificatePath(file), certificatePath(place));
  await rename(file, place);
  await syncFolder(dirname(place));
  return { artefact: { syncId, path: relative(data.root, place), sha256, contentDigest, bytes }, certificate: facts };
}

async function readBack(
  file: string,
  workDir: string,
): Promise<{ syncId: string; sha256: string; contentDigest: string }> {
  await using reader = await openC1z(file, { workDir });
  if (reader.sync === undefined) throw fail('BK-RUN-INCOMPLETE', { reason: 'The file holds no finished sync.' });
  return { syncId: reader.sync.id, sha256: reader.sha256, contentDigest: await reader.contentDigest() };
}

const Known = z.object({
  verdict: z.literal('complete'),
  moment: z.object({ from: Instant, to: Instant }),
  connector: z.object({ type: z.string().min(1) }),
  origin: z.string().min(1),
  owner: z.object({ id: z.string().min(1), roles: z.array(z.string()) }),
  signature: z.string(),
});

function factsOf(certificate: Certificate, text: string): CertificateFacts {
  const known = Known.safeParse(certificate);
  if (!known.success) {
    const where = known.error.issues[0]?.path.join('.') ?? 'body';
    throw fail('BK-RUN-INCOMPLETE', { reason: `Its certificate has an unknown form at ${where}.` });
  }
  const { verdict, moment, connector, origin, owner, signature } = known.data;
  return { text, verdict, moment, connectorType: connector.type, origin, owner, signed: signature !== 'unsigned' };
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
