import type { KeyHolder } from './keys.ts';
import type { Route } from './routes.ts';

/** One request to the tenant, from its arrival to its answer. */
export interface Exchange {
  /** 1, 2, 3 … in the order of arrival. */
  readonly n: number;
  readonly at: Date;
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly query: URLSearchParams;
  readonly route: Route;
  readonly host: string;
  readonly accept: string;
  readonly key: string | undefined;
  /** Set once the key is known; for the log, which never holds a key. */
  keyKind?: KeyHolder['kind'];
}

/** The path with ids left out, relative to /api/v1 where it is one of the API's. */
export function templateOf({ route, path }: Pick<Exchange, 'route' | 'path'>): string {
  if (route.kind === 'api' || route.kind === 'slash') return route.template;
  return route.kind === 'front-end' ? '(front end)' : path;
}
