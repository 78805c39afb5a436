import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileCheck } from '@batonkit/c1z';
import { BatonError, type Clock } from '@batonkit/kernel';
import { PROGRAM_CHECKS, type Subject } from './checks.ts';
import { compareExpected, readContent, type FileVerdict } from './content.ts';
import type { Description } from './read-description.ts';
import { Finding } from './finding.ts';
import { Launcher } from './run-program.ts';
import { startProxy } from './start-proxy.ts';
import { startTarget } from './start-target.ts';

export interface Outcome {
  check: string;
  verdict: 'passed' | 'failed' | 'skipped';
  /** What was seen, what is wrong, or why it was not made. */
  reason: string;
  ms: number;
}

const FILE_PARTS: Readonly<Record<string, FileCheck>> = {
  'file-container': 'container and database',
  'file-schema': 'schema',
  'file-ids': 'rows',
  'file-run': 'sync',
  'file-references': 'references',
};
const ALL_FILE = [...Object.keys(FILE_PARTS), 'file-content'];
export const CHECKS: readonly string[] = [...Object.keys(PROGRAM_CHECKS), ...ALL_FILE];

/** What has no meaning for a foreign program unless its YAML file says what it needs. */
const isAsked = (check: string, { kind, pageSizes, proxy }: Description): boolean =>
  kind === 'batonkit' ||
  (check === 'page-sizes' ? pageSizes.length > 0 : check !== 'errors-at-every-call' || proxy !== undefined);

/**
 * Makes all checks, one after the other, and yields each when it is known.
 *
 * @param searchPath where programs are found: all that they get of the environment
 * @throws BatonError `BK-CONFORMANCE-TARGET`; the signal's reason
 */
export async function* runSuite(
  description: Description,
  clock: Clock,
  signal: AbortSignal,
  searchPath: string,
): AsyncGenerator<Outcome> {
  const now = (): number => clock.monotonic();
  const judge = async (check: string, made: () => Promise<string>): Promise<Outcome> => {
    const from = now();
    const why = description.skip[check];
    if (why !== undefined)
      return why === ''
        ? { check, verdict: 'failed', reason: 'it is skipped without a reason', ms: 0 }
        : { check, verdict: 'skipped', reason: why, ms: 0 };
    try {
      const reason = await made();
      return { check, verdict: 'passed', reason, ms: Math.round(now() - from) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Finding) && !(error instanceof BatonError)) throw error;
      return { check, verdict: 'failed', reason: error.message, ms: Math.round(now() - from) };
    }
  };
  if (description.kind === 'file') {
    const verdict = await readContent(description.file, signal);
    for (const check of ALL_FILE)
      yield await judge(check, () => Promise.resolve(judgeFile(check, verdict, description)));
    return;
  }
  const root = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    await using target = await startTarget(description.target, signal);
    const { proxy: wanted } = description;
    await using proxy = wanted === undefined ? undefined : await startProxy(target.fill(wanted.to));
    const filled = Object.entries(description.env).map(([name, value]) => [name, target.fill(value)] as const);
    const subject: Subject = {
      description,
      launcher: new Launcher(description, root, now, searchPath, signal),
      env: {
        ...Object.fromEntries(filled),
        ...(wanted === undefined || proxy === undefined ? {} : { [wanted.env]: proxy.url }),
      },
      proxy,
      signal,
      sleep: async (milliseconds) => await clock.sleep(milliseconds),
      idsChange: false,
    };
    for (const [check, make] of Object.entries(PROGRAM_CHECKS))
      if (isAsked(check, description)) {
        signal.throwIfAborted();
        yield await judge(check, async () => await make(subject));
      }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function judgeFile(check: string, verdict: FileVerdict | undefined, { expect }: Description): string {
  if (verdict === undefined) throw new Finding('there is no such file');
  const part = FILE_PARTS[check];
  if (part !== undefined) {
    const problems = verdict.problems.get(part);
    if (problems === undefined) throw new Finding('it could not be looked at');
    if (problems.length > 0) throw new Finding(problems.join('; '));
    return part;
  }
  const { content } = verdict;
  if (content === undefined || content.resources === 0) throw new Finding('it holds nothing, or cannot be read');
  const wrong = expect === undefined ? [] : compareExpected(content, expect);
  if (wrong.length > 0) throw new Finding(wrong.join('; '));
  return content.summary;
}
