import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportRun, openC1z } from '@batonkit/c1z';
import { certificatePath, parseCertificate, readVerifyingKey } from '@batonkit/certificate';
import type { VerifyingKey } from '@batonkit/certificate';
import { BatonError, reportOf } from '@batonkit/kernel';
import type { ErrorReport } from '@batonkit/kernel';
import { printAccess } from './commands/access.ts';
import { printComparison } from './commands/compare.ts';
import { printDiff } from './commands/diff.ts';
import { exportCsv } from './commands/export-csv.ts';
import { printStats } from './commands/stats.ts';
import { fail } from './errors.ts';
import { cellText } from './output/cell-text.ts';
import { printView } from './output/print-view.ts';
import { createStyle } from './output/style.ts';
import type { Style } from './output/style.ts';
import { parseCommandLine } from './parse-command-line.ts';
import type { Request } from './request.ts';
import { outcomeOf, printVerification } from './verify/print-verification.ts';
import { readCertificate } from './verify/read-certificate.ts';
import { verifyFile } from './verify/verify-file.ts';
import { Names } from './views/names.ts';
import { views } from './views/views.ts';

export type Output = Writable & { isTTY?: boolean };

export interface RunOptions {
  argv: readonly string[];
  /** Only `NO_COLOR` is read. */
  env: Readonly<Record<string, string | undefined>>;
  version: string;
  stdout: Output;
  stderr: Output;
  signal: AbortSignal;
}

/** Does what the command line says. Resolves to the exit code; never rejects. */
export async function runC1z(options: RunOptions): Promise<number> {
  const { argv, version, stderr } = options;
  try {
    await answer(parseCommandLine(argv, version), options);
    return 0;
  } catch (error) {
    // Whoever reads our output, such as head, has seen enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
    const report = error instanceof BatonError ? error.report : reportOf(error);
    stderr.write(errorText(report, styleOf(options, stderr)));
    return report.status;
  }
}

async function answer(request: Request, options: RunOptions): Promise<void> {
  const { stdout, stderr, signal } = options;
  const style = styleOf(options, stdout);
  if (request.kind === 'text') return print([request.text], stdout, signal);
  const { file, format, syncId } = request;
  if (request.kind === 'verify') return verify(request, options, style);
  if (request.kind === 'export' && request.to === 'c1z') {
    await exportRun({ from: file, to: request.out, ...(syncId === undefined ? {} : { syncId }) });
    return;
  }
  // Who can administer is not guessed from a file with holes.
  const mode = request.kind === 'view' && request.view === 'admins' ? 'strict' : 'tolerant';
  await using reader = await openC1z(file, { mode, ...(syncId === undefined ? {} : { syncId }) });
  signal.throwIfAborted();
  const warn = (text: string): unknown => stderr.write(`${cellText(`Warning: ${text}`)}\n`);
  for (const gap of mode === 'strict' ? [] : reader.gaps()) warn(`${file}: ${gap}. What is shown is not the whole.`);
  const names = new Names(reader);
  switch (request.kind) {
    case 'view':
      await print(
        printView(views[request.view](reader, names, request.filter, file), format, style, signal),
        stdout,
        signal,
      );
      break;
    case 'stats':
      await print(printStats(reader, format, style, signal), stdout, signal);
      break;
    case 'access':
      await print(printAccess(reader, names, request.principal, format), stdout, signal);
      break;
    case 'compare': {
      const { other, entitlement } = request;
      await using second = await openC1z(other.file, { mode });
      for (const gap of second.gaps()) warn(`${other.file}: ${gap}. What is shown is not the whole.`);
      const base = { reader, names, entitlement };
      const compared = { reader: second, names: new Names(second), entitlement: other.entitlement };
      await print(printComparison(base, compared, format, style, signal), stdout, signal);
      break;
    }
    case 'diff':
      await print(printDiff(reader, file, signal), stdout, signal);
      break;
    case 'export':
      await exportCsv(reader, names, request.out, signal);
  }
  if (names.isMissing) warn(`${file} refers to rows that it does not have. Run "c1z verify".`);
  if (request.kind === 'view' && request.view === 'admins') {
    const doubt = await doubtAbout(file, reader.sha256);
    if (doubt !== undefined) warn(doubt);
  }
}

async function verify(
  { file, format, keys }: Request & { kind: 'verify' },
  { stdout, signal }: RunOptions,
  style: Style,
): Promise<void> {
  const verification = await verifyFile(file, signal, await Promise.all(keys.map(readKey)));
  await print([printVerification(file, verification, format, style)], stdout, signal);
  const count = verification.checks.filter(({ result }) => result === 'FAIL').length;
  const outcome = outcomeOf(verification);
  if (outcome === 'failed') throw fail('BK-VERIFY-FAILED', { path: file, count });
  if (outcome === 'uncertified')
    throw fail('BK-VERIFY-UNCERTIFIED', { path: file, certificate: certificatePath(file) });
}

async function readKey(path: string): Promise<VerifyingKey> {
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fail(
      'BK-VERIFY-READ',
      { certificate: path, why: 'there is no such file, or the system refuses it' },
      { cause: error },
    );
  });
  return readVerifyingKey(pem);
}

/** Whether a list of administrators made from this file can be taken for complete: a look, not the whole proof. */
async function doubtAbout(path: string, sha256: string): Promise<string | undefined> {
  const unsure = 'nothing says that this list is complete.';
  try {
    const text = await readCertificate(path);
    if (text === undefined) return `${path} has no certificate, so ${unsure}`;
    if (parseCertificate(text).sha256 === sha256) return undefined;
    return `The certificate beside ${path} is of another file, so ${unsure}`;
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return `${error.report.title} So ${unsure}`;
  }
}

async function print(
  pieces: Iterable<string> | AsyncIterable<string>,
  stdout: Output,
  signal: AbortSignal,
): Promise<void> {
  await pipeline(Readable.from(pieces), stdout, { end: false, signal });
}

function errorText({ title, meaning, remedy, code }: ErrorReport, style: Style): string {
  const lines = [`${style.bad('Error:')} ${cellText(title)}`, meaning, remedy].map((line, index) =>
    index === 0 ? line : `  ${cellText(line)}`,
  );
  return `${lines.join('\n')}\n  ${code}\n`;
}

function styleOf({ env }: RunOptions, output: Output): Style {
  return createStyle(output.isTTY === true && !env['NO_COLOR']);
}
