import { setImmediate as turn } from 'node:timers/promises';
import { openC1z } from '@batonkit/c1z';
import type { C1zReader, RowCounts } from '@batonkit/c1z';
import { parseCertificate, verifyCertificate } from '@batonkit/certificate';
import type { Certificate, FileFacts } from '@batonkit/certificate';
import { BatonError } from '@batonkit/kernel';
import { isKsuid } from '@batonkit/protocol';
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
  certified?: { certificate: Certificate; counts: RowCounts };
  hasCertificate: boolean;
}

const OF_FILE = ['container and database', 'schema', 'rows', 'sync', 'references'];
const OF_CERTIFICATE = ['certificate form', 'file hash', 'content digest', 'sync id'];
// These say that the content is bad; other codes, such as a missing file or an unknown version, say that nothing was seen.
const DAMAGE = new Set(['BK-C1Z-DAMAGED', 'BK-C1Z-CONTENT', 'BK-C1Z-MAGIC']);
const ROWS = 500;

/**
 * Checks a file and the certificate beside it. What is wrong with them is a result.
 *
 * @throws BatonError what keeps the file from being looked at: `BK-C1Z-MISSING`, `BK-C1Z-READ`, `BK-C1Z-V3`,
 *   `BK-C1Z-TOO-LARGE`, `BK-VERIFY-READ`
 */
export async function verifyFile(path: string, signal: AbortSignal): Promise<Verification> {
  const text = await readCertificate(path);
  const hasCertificate = text !== undefined;
  const checks = new Checks();
  let reader: C1zReader;
  try {
    reader = await openC1z(path);
  } catch (error) {
    if (!(error instanceof BatonError) || !DAMAGE.has(error.code)) throw error;
    checks.add('container and database', error.report.title);
    for (const name of [...OF_FILE.slice(1), ...(hasCertificate ? OF_CERTIFICATE : [])]) checks.skip(name);
    return { checks: checks.list, hasCertificate };
  }
  await using file = reader;
  await checkFile(file, checks, signal);
  if (text === undefined) return { checks: checks.list, hasCertificate };
  const certificate = await checkCertificate(text, file, checks);
  const isGood = checks.list.every(({ result }) => result === 'ok');
  return {
    checks: checks.list,
    hasCertificate,
    ...(certificate !== undefined && isGood ? { certified: { certificate, counts: file.counts() } } : {}),
  };
}

async function checkFile(file: C1zReader, checks: Checks, signal: AbortSignal): Promise<void> {
  await checks.run('container and database', () => file.integrityProblems());
  signal.throwIfAborted();
  await checks.run('schema', () => file.schemaDifferences());
  await checks.run('rows', async () => {
    await checkRows(file, signal);
    return [];
  });
  await checks.run('sync', () => syncProblems(file));
  await checks.run('references', () => file.danglingReferences().map(({ count, what }) => `${count} ${what}`));
  signal.throwIfAborted();
}

async function checkCertificate(text: string, file: C1zReader, checks: Checks): Promise<Certificate | undefined> {
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

/** A certified file holds one whole run (protocol: c1z.md 6). */
function syncProblems(file: C1zReader): string[] {
  const syncs = file.syncs();
  const [sync] = syncs;
  if (sync === undefined) return ['it holds no sync'];
  return [
    ...(syncs.length > 1 ? [`it holds ${syncs.length} syncs, and this release judges one`] : []),
    ...(sync.endedAt === null ? ['the sync did not finish'] : []),
    ...(sync.type === 'full' ? [] : [`the sync is of type ${sync.type}, which is not the whole tenant`]),
    ...(isKsuid(sync.id) ? [] : ['the sync id is not a KSUID']),
    ...(sync.endedAt !== null && sync.endedAt < sync.startedAt ? ['the sync ends before it starts'] : []),
  ];
}

async function checkRows(file: C1zReader, signal: AbortSignal): Promise<void> {
  let seen = 0;
  for (const _row of file.checkRows()) {
    if (++seen % ROWS !== 0) continue;
    await turn();
    signal.throwIfAborted();
  }
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
