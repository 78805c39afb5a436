import { existsSync } from 'node:fs';
import { checkFile, FILE_CHECKS, openC1z, type FileCheck } from '@batonkit/c1z';
import { BatonError } from '@batonkit/kernel';
import { listDifferences } from './list-differences.ts';
import type { Expectation } from './read-description.ts';

/** What a file says. */
export interface Content {
  digest: string;
  /** Counts alone, for programs whose ids are known to change. */
  counts: string;
  resources: number;
  summary: string;
  ids: Record<string, string[]>;
  pairs: string[];
}

export type FileVerdict = { problems: Map<FileCheck, string[]>; content?: Content };

/** Undefined where there is no file. */
export async function readContent(path: string, signal: AbortSignal): Promise<FileVerdict | undefined> {
  if (!existsSync(path)) return undefined;
  const problems = new Map<FileCheck, string[]>();
  try {
    await using file = await openC1z(path);
    for await (const { check, problems: found } of checkFile(file, { exactSchema: false, signal }))
      problems.set(check, found);
    const ids: Record<string, string[]> = {};
    for (const { id } of file.resources()) (ids[id?.resourceType ?? ''] ??= []).push(id?.resource ?? '');
    const pairs: string[] = [];
    for (const { entitlement, principal } of file.grants())
      pairs.push(`${entitlement?.id} ${principal?.id?.resourceType}:${principal?.id?.resource}`);
    const counts = file.counts();
    const { resources, entitlements, grants } = counts;
    const summary = `${resources} resources, ${entitlements} entitlements, ${grants} grants`;
    return {
      problems,
      content: { digest: await file.contentDigest(), counts: JSON.stringify(counts), resources, summary, ids, pairs },
    };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    const [first] = FILE_CHECKS;
    const check = FILE_CHECKS.find((name) => !problems.has(name)) ?? first;
    problems.set(check, [error.report.title]);
    return { problems };
  }
}

export const problemsOf = ({ problems }: FileVerdict): string[] => [...problems.values()].flat();

/** What differs from what was expected, in sentences. */
export function compareExpected(content: Content, expect: Expectation): string[] {
  const said = JSON.parse(content.counts) as { entitlements: number; grants: number };
  const wrong: string[] = [];
  for (const [type, count] of Object.entries(expect.resources ?? {})) {
    const found = content.ids[type]?.length ?? 0;
    if (found !== count) wrong.push(`${found} resources of type ${type} instead of ${count}`);
  }
  for (const key of ['entitlements', 'grants'] as const)
    if (expect[key] !== undefined && expect[key] !== said[key])
      wrong.push(`${said[key]} ${key} instead of ${expect[key]}`);
  for (const [type, ids] of Object.entries(expect.ids ?? {}))
    wrong.push(...listDifferences(`ids of ${type}`, content.ids[type] ?? [], ids.map(String)));
  if (expect.pairs !== undefined) wrong.push(...listDifferences('grants', content.pairs, expect.pairs));
  return wrong;
}
