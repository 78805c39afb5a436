/** A path of the Management API, or what it is instead. */
export type Route =
  | { readonly kind: 'api'; readonly template: Template; readonly id?: string }
  | { readonly kind: 'slash'; readonly template: Template; readonly to: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'front-end' };

export type Template =
  | '/users/me'
  | '/users'
  | '/users/{id}'
  | '/users/{id}/roles'
  | '/roles'
  | '/roles/{id}'
  | '/utils/health-check/';

const templates: readonly Template[] = [
  '/users/me',
  '/users',
  '/users/{id}/roles',
  '/users/{id}',
  '/roles',
  '/roles/{id}',
  '/utils/health-check/',
];

const prefix = '/api/v1';
const backEnd = /^\/(?:api|docs|redoc|\.well-known)(?:\/|$)|^\/openapi\.json$/;

/** Says what a path is. Routing of a self-hosted instance: what is not the API is the web front end's. */
export function routeOf(path: string): Route {
  if (!backEnd.test(path)) return { kind: 'front-end' };
  if (!path.startsWith(`${prefix}/`)) return { kind: 'unknown' };
  const rest = path.slice(prefix.length);
  const found = match(rest);
  if (found) return { kind: 'api', ...found };
  // One slash too many or too few is answered with the other form.
  const other = rest.endsWith('/') ? rest.slice(0, -1) : `${rest}/`;
  const meant = match(other);
  return meant ? { kind: 'slash', template: meant.template, to: prefix + other } : { kind: 'unknown' };
}

function match(rest: string): { template: Template; id?: string } | undefined {
  for (const template of templates) {
    const pattern = new RegExp(`^${template.replace('{id}', '([^/]+)')}$`);
    const found = pattern.exec(rest);
    if (found) return found[1] === undefined ? { template } : { template, id: decode(found[1]) };
  }
  return undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
