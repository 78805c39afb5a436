import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openC1z } from '@batonkit/c1z';
import { certificatePath, parseCertificate } from '@batonkit/certificate';
import { BatonError, reportOf } from '@batonkit/kernel';
import type { ErrorReport } from '@batonkit/kernel';
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
  const { file, format } = request;
  if (request.kind === 'verify') {
    const verification = await verifyFile(file, signal);
    await print([printVerification(file, verification, format, style)], stdout, signal);
    const count = verification.checks.filter(({ result }) => result === 'FAIL').length;
    const outcome = outcomeOf(verification);
    if (outcome === 'failed') throw fail('BK-VERIFY-FAILED', { path: file, count });
    if (outcome === 'uncertified')
      throw fail('BK-VERIFY-UNCERTIFIED', { path: file, certificate: certificatePath(file) });
    return;
  }
  await using reader = await openC1z(file);
  signal.throwIfAborted();
  const names = new Names(reader);
  const view = views[request.view](reader, names, request.filter, file);
  await print(printView(view, format, style, signal), stdout, signal);
  if (names.isMissing)
    stderr.write(cellText(`Warning: ${file} refers to rows that it does not have. Run "c1z verify".`) + '\n');
  if (request.view === 'admins') {
    const doubt = await doubtAbout(file, reader.sha256);
    if (doubt !== undefined) stderr.write(`${cellText(`Warning: ${doubt}`)}\n`);
  }
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
