import type { Place } from './form/form.ts';
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
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly accept: string;
  readonly key: string | undefined;
  /** Which header the key came in. */
  readonly keyStyle: 'header' | 'bearer' | undefined;
  /** Set once the key is known; for the log, which never holds a key. */
  keyKind?: KeyHolder['kind'];
  /** Set by a fault: the order of this one page. */
  place?: Place;
}

/** The path with ids left out, relative to the API's prefix where it is one of the API's. */
export function templateOf({ route, path }: Pick<Exchange, 'route' | 'path'>): string {
  if (route.kind === 'api' || route.kind === 'slash') return route.template;
  return route.kind === 'front-end' ? '(front end)' : path;
}

/** Whether a path that somebody named, as it was sent or as a template, is this request's. */
export function isOn(path: string | undefined, exchange: Exchange): boolean {
  return path === undefined || path === templateOf(exchange) || path === exchange.path;
}
