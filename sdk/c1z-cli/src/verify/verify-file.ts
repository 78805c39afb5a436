import { checkFile, FILE_CHECKS, openC1z } from '@batonkit/c1z';
import type { C1zReader, RowCounts } from '@batonkit/c1z';
import { checkSignature, parseCertificate, verifyCertificate } from '@batonkit/certificate';
import type { Certificate, FileFacts, SignatureState, VerifyingKey } from '@batonkit/certificate';
import { BatonError } from '@batonkit/kernel';
import { readCertificate } from './read-certificate.ts';

/** One line of the result. Not checked: an earlier failure leaves nothing to look at. */
export interface Check {
  name: string;
  result: 'ok' | 'FAIL' | 'not checked';
  detail: string;
}

export interface Verification {
  checks: Check[];
  /** Present when every check of file and certificate is ok. */
  certified?: { certificate: Certificate; counts: RowCounts; signature: SignatureState };
  hasCertificate: boolean;
}

const OF_CERTIFICATE = ['certificate form', 'signature', 'file hash', 'content digest', 'sync id'];
// These say that the content is bad; other codes, such as a missing file or an unknown version, say that nothing was seen.
const DAMAGE = new Set(['BK-C1Z-DAMAGED', 'BK-C1Z-CONTENT', 'BK-C1Z-MAGIC']);

/**
 * Checks a file and the certificate beside it. What is wrong with them is a result. A file may hold several runs: the
 * newest finished one is judged.
 *
 * @param keys whose signatures are known
 * @throws BatonError what keeps the file from being looked at: `BK-C1Z-MISSING`, `BK-C1Z-READ`, `BK-C1Z-V3`,
 *   `BK-C1Z-TOO-LARGE`, `BK-VERIFY-READ`
 */
export async function verifyFile(
  path: string,
  signal: AbortSignal,
  keys: readonly VerifyingKey[] = [],
): Promise<Verification> {
  const text = await readCertificate(path);
  const hasCertificate = text !== undefined;
  const checks = new Checks();
  let reader: C1zReader;
  try {
    reader = await openC1z(path);
  } catch (error) {
    if (!(error instanceof BatonError) || !DAMAGE.has(error.code)) throw error;
    checks.add('container and database', error.report.title);
    for (const name of [...FILE_CHECKS.slice(1), ...(hasCertificate ? OF_CERTIFICATE : [])]) checks.skip(name);
    return { checks: checks.list, hasCertificate };
  }
  await using file = reader;
  const narrowed = text !== undefined && isNarrowed(text);
  for await (const { check, problems } of checkFile(file, { exactSchema: hasCertificate, narrowed, signal }))
    checks.add(check, ...problems);
  if (text === undefined) return { checks: checks.list, hasCertificate };
  const certificate = await checkCertificate(text, file, checks, keys);
  const isGood = checks.list.every(({ result }) => result === 'ok');
  return {
    checks: checks.list,
    hasCertificate,
    ...(certificate !== undefined && isGood
      ? { certified: { certificate, counts: file.counts(), signature: checkSignature(certificate, keys) } }
      : {}),
  };
}

/** Whether the sync was asked for less than the whole tenant; a certificate of no known form is judged later. */
function isNarrowed(text: string): boolean {
  try {
    return parseCertificate(text).verdict === 'narrowed';
  } catch {
    return false;
  }
}

async function checkCertificate(
  text: string,
  file: C1zReader,
  checks: Checks,
  keys: readonly VerifyingKey[],
): Promise<Certificate | undefined> {
  let certificate: Certificate | undefined;
  await checks.run('certificate form', () => {
    certificate = parseCertificate(text);
    return [];
  });
  if (certificate === undefined) {
    for (const name of OF_CERTIFICATE.slice(1)) checks.skip(name);
    return undefined;
  }
  const { sync_id: syncId, sha256, content_digest: contentDigest } = certificate;
  const named: FileFacts = { syncId, sha256, contentDigest };
  await checks.run('signature', () => {
    const signature = checkSignature(certificate as Certificate, keys);
    if (signature === 'invalid') return ['it is not of this certificate'];
    // Without a key to look for, nobody asked who wrote it.
    return signature === 'valid' || keys.length === 0
      ? []
      : [`it is ${signature}, and a signature by a key at hand was asked for`];
  });
  // One fact of the file at a time, so that each has its own line.
  const differs = (fact: Partial<FileFacts>): string[] => {
    const verdict = verifyCertificate(certificate as Certificate, { ...named, ...fact });
    return verdict.ok ? [] : [verdict.reason.title];
  };
  await checks.run('file hash', () => differs({ sha256: file.sha256 }));
  await checks.run('content digest', async () => differs({ contentDigest: await file.contentDigest() }));
  await checks.run('sync id', () => differs({ syncId: file.sync?.id ?? '' }));
  return certificate;
}

class Checks {
  readonly list: Check[] = [];

  add(name: string, ...problems: string[]): void {
    const isOk = problems.length === 0;
    this.list.push({ name, result: isOk ? 'ok' : 'FAIL', detail: problems.join('; ') });
  }

  skip(name: string): void {
    this.list.push({ name, result: 'not checked', detail: '' });
  }

  /** A check that throws a sentence has failed with it. */
  async run(name: string, check: () => string[] | Promise<string[]>): Promise<void> {
    try {
      this.add(name, ...(await check()));
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
      this.add(name, error.report.title);
    }
  }
}
