import type { RunlayerApi } from '../api/runlayer-api.ts';

export interface OpenApiFound {
  /** Where the document is. */
  at: string;
  /** Paths below the base URL that can be read and speak of users or roles, sorted. */
  paths: string[];
}

const about = /user|role|fga|member|capabilit|assignment/i;
const mostPaths = 100;

/**
 * Looks for the instance's OpenAPI document: at the root of the host, then below the base URL.
 * It only helps people; what a sync reads is never taken from it, as it changes with each version.
 */
export async function readOpenApi(api: RunlayerApi, signal: AbortSignal): Promise<OpenApiFound | undefined> {
  for (const fromRoot of [true, false]) {
    const answer = await api.document('/openapi.json', fromRoot, signal);
    if (!answer.ok) continue;
    const paths = pathsOf(answer.json);
    if (paths !== undefined) return { at: fromRoot ? '/openapi.json' : '(Base URL)/openapi.json', paths };
  }
  return undefined;
}

function pathsOf(document: unknown): string[] | undefined {
  const paths = (document as { paths?: unknown } | null)?.paths;
  if (typeof paths !== 'object' || paths === null) return undefined;
  return Object.entries(paths)
    .filter(([, operations]) => typeof operations === 'object' && operations !== null && 'get' in operations)
    .map(([path]) => path.replace(/^\/api\/v1(?=\/)/, '').replaceAll(/\{[^}]*\}/g, '{id}'))
    .filter((path) => about.test(path) && /^\/[\w/{}.~-]{1,120}$/.test(path))
    .sort()
    .slice(0, mostPaths);
}
