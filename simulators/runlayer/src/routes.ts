import type { Form } from './form/form.ts';

/** What an endpoint means, whatever its path is in the form in force. */
export type Means =
  | 'me'
  | 'users'
  | 'user'
  | 'user-roles'
  | 'roles'
  | 'role'
  | 'role-users'
  | 'flat'
  | 'health'
  | 'openapi';

/** A path of the Management API, or what it is instead. */
export type Route =
  | { readonly kind: 'api'; readonly template: string; readonly means: Means; readonly id?: string }
  | { readonly kind: 'slash'; readonly template: string; readonly means: Means; readonly to: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'front-end' };

export interface Endpoint {
  /** Relative to the prefix. */
  readonly template: string;
  readonly means: Means;
  readonly pattern: RegExp;
}

/** Says what a path is. Routing of a self-hosted instance: what is not the API is the web front end's. */
export interface Router {
  readonly endpoints: readonly Endpoint[];
  readonly routeOf: (path: string) => Route;
}

const backEnd = /^\/(?:api|docs|redoc|\.well-known)(?:\/|$)|^\/openapi\.json$/;

export function routerOf(form: Form): Router {
  const { prefix } = form;
  const endpoints = endpointsOf(form);
  const match = (rest: string): { endpoint: Endpoint; id?: string } | undefined => {
    for (const endpoint of endpoints) {
      const found = endpoint.pattern.exec(rest);
      if (found) return found[1] === undefined ? { endpoint } : { endpoint, id: decode(found[1]) };
    }
    return undefined;
  };
  return {
    endpoints,
    routeOf(path) {
      if (form.openapi === 'origin' && path === '/openapi.json')
        return { kind: 'api', template: path, means: 'openapi' };
      if (!path.startsWith(`${prefix}/`)) return backEnd.test(path) ? { kind: 'unknown' } : { kind: 'front-end' };
      const rest = path.slice(prefix.length);
      const found = match(rest);
      if (found) {
        const { template, means } = found.endpoint;
        return { kind: 'api', template, means, ...(found.id === undefined ? {} : { id: found.id }) };
      }
      // One slash too many or too few is answered with the other form.
      const other = rest.endsWith('/') ? rest.slice(0, -1) : `${rest}/`;
      const meant = match(other);
      if (!meant) return { kind: 'unknown' };
      const { template, means } = meant.endpoint;
      return { kind: 'slash', template, means, to: prefix + other };
    },
  };
}

function endpointsOf(form: Form): Endpoint[] {
  const organisation = form.organisationId ?? '';
  const all: readonly (readonly [Means, string | undefined])[] = [
    ['me', '/users/me'],
    ['users', form.users],
    ['roles', form.roles],
    ['flat', form.flat],
    ['health', form.hasHealthCheck ? '/utils/health-check/' : undefined],
    ['openapi', form.openapi === 'base' ? '/openapi.json' : undefined],
    ['user-roles', form.userRoles],
    ['role-users', form.roleUsers],
    ['user', '/users/{id}'],
    ['role', form.roles === undefined ? undefined : `${form.roles.replace(/\/$/, '')}/{id}`],
  ];
  return all.flatMap(([means, template]) =>
    template === undefined
      ? []
      : [
          {
            means,
            template,
            pattern: new RegExp(
              `^${template.replace('{id}', '([^/]+)').replace('{organization_id}', organisation).replaceAll('.', '\\.')}$`,
            ),
          },
        ],
  );
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
