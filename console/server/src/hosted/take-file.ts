import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { BatonError } from '@batonkit/kernel';
import { openC1z } from '@batonkit/c1z';
import {
  certificatePath,
  checkSignature,
  parseCertificate,
  readVerifyingKey,
  spanOfCertificate,
  verifyCertificate,
  type Certificate,
} from '@batonkit/certificate';
import { storeFailure, type Artefact, type CertificateFacts } from '@batonkit/console-store';
import type { DataDirectory } from '../data/data-directory.ts';
import { fail } from '../errors.ts';
import type { ChildKey } from './child-key.ts';
import type { ResultLine } from './progress-line.ts';

const CERTIFICATE_LIMIT = 1024 * 1024;

export interface TakenFile {
  artefact: Artefact;
  certificate: CertificateFacts;
  /** Removes what was taken over, unless it had come before. */
  undo: () => Promise<void>;
}

/**
 * Takes a hosted run's file over, if it is what its certificate says: hash, content digest, sync id and
 * a complete verdict, with or without exceptions, all compared with the file itself and not with what the child reported.
 *
 * @param startedAt before the program was started, milliseconds since the Unix epoch: a photograph from before is not of
 *   this run, however good it is
 * @throws BatonError `BK-RUN-INCOMPLETE`, `BK-SYNC-HASH`, `BK-CERT-…`, `BK-C1Z-…`; the run is an error then
 */
export async function takeFile(
  file: string,
  result: ResultLine & { ok: true },
  key: Pick<ChildKey, 'keyId' | 'publicPem'>,
  data: DataDirectory,
  workDir: string,
  startedAt: number,
): Promise<TakenFile> {
  if ((await sizeOf(certificatePath(file), 'certificate')) > CERTIFICATE_LIMIT) {
    throw fail('BK-RUN-INCOMPLETE', { reason: 'Its certificate is larger than any certificate.' });
  }
  const bytes = await sizeOf(file, 'file');
  const text = await readFile(certificatePath(file), 'utf8');
  const certificate = parseCertificate(text);
  const { syncId, sha256, contentDigest } = await readBack(file, workDir);
  const keys = [readVerifyingKey(key.publicPem)];
  const verdict = verifyCertificate(certificate, { sha256, contentDigest, syncId }, keys);
  if (!verdict.ok) throw new BatonError(verdict.reason);
  if (syncId !== result.syncId || sha256 !== result.sha256) {
    throw fail('BK-RUN-INCOMPLETE', { reason: 'The program reported another file than the one that it left.' });
  }
  if (checkSignature(certificate, keys) === 'unknown-key') {
    throw fail('BK-RUN-INCOMPLETE', {
      reason: 'Its certificate is signed with another key than the program was given.',
    });
  }
  const facts = factsOf(certificate, text, key);
  if (Date.parse(facts.span.from) < startedAt) {
    throw fail('BK-RUN-INCOMPLETE', { reason: 'Its certificate is of a reading from before the program was started.' });
  }
  const place = data.artefact(syncId);
  // The id is the program's choice: a file that came before under it stays as it is.
  const before = await hashOf(place);
  if (before !== undefined && before !== sha256) throw storeFailure('BK-SYNC-HASH', { syncId });
  if (before === undefined) {
    await rename(certificatePath(file), certificatePath(place));
    await rename(file, place);
  }
  await syncFolder(dirname(place));
  return {
    artefact: { syncId, path: relative(data.root, place), sha256, contentDigest, bytes },
    certificate: facts,
    undo: async () => {
      if (before !== undefined) return;
      for (const path of [place, certificatePath(place)]) await rm(path, { force: true });
    },
  };
}

/** A program may leave anything at the name: a pipe would be waited for for ever, a link leads elsewhere. */
async function sizeOf(path: string, what: string): Promise<number> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) throw fail('BK-RUN-INCOMPLETE', { reason: `There is no ${what}.` });
  if (!info.isFile()) throw fail('BK-RUN-INCOMPLETE', { reason: `Its ${what} is not a plain file.` });
  return info.size;
}

/** Undefined: there is none. */
async function hashOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path)) hash.update(part as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

async function readBack(
  file: string,
  workDir: string,
): Promise<{ syncId: string; sha256: string; contentDigest: string }> {
  await using reader = await openC1z(file, { workDir });
  if (reader.sync === undefined) throw fail('BK-RUN-INCOMPLETE', { reason: 'The file holds no finished sync.' });
  return { syncId: reader.sync.id, sha256: reader.sha256, contentDigest: await reader.contentDigest() };
}

/** What the ledger is told of it; `parseCertificate` knows every form there is. */
function factsOf(certificate: Certificate, text: string, key: Pick<ChildKey, 'keyId' | 'publicPem'>): CertificateFacts {
  const { verdict, exceptions, moment, connector, origin, owner, plan, passes } = certificate;
  // Types that were left out would look as if all of theirs were gone.
  if (verdict === 'narrowed') throw fail('BK-RUN-NARROWED', {});
  return {
    text,
    verdict,
    exceptions,
    span: { kind: moment === undefined ? 'window' : 'moment', ...spanOfCertificate(certificate) },
    readOnce: moment === undefined && passes === 1,
    plan,
    connectorType: connector.type,
    origin,
    owner,
    key: certificate.key_id === undefined ? null : { id: key.keyId, publicPem: key.publicPem },
  };
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}
