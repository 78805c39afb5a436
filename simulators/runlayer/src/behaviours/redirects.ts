import { text } from '../answer.ts';
import type { Form, Locating } from '../form/form.ts';
import { accepted, refused, type Kind } from './behaviour.ts';

/** The users have moved to the form with a slash, and /users sends there in its own way. */
const moved =
  (status: number, location: (at: Locating) => string = ({ scheme, host, to }) => `${scheme}://${host}${to}`) =>
  (form: Form): void => {
    form.users = '/users/';
    form.redirect = { status, location };
  };

/** How /users sends to /users/. */
export const redirects: readonly Kind[] = [
  accepted('redirects', 'redirect-301', '/users answers 301 to /users/.', moved(301)),
  accepted('redirects', 'redirect-302', '/users answers 302 to /users/.', moved(302)),
  accepted('redirects', 'redirect-308', '/users answers 308 to /users/.', moved(308)),
  accepted(
    'redirects',
    'redirect-relative',
    '/users answers 307 with a relative Location.',
    moved(307, ({ to }) => to),
  ),
  accepted(
    'redirects',
    'redirect-http',
    '/users answers 307 with Location http://, over TLS too.',
    moved(307, ({ host, to }) => `http://${host}${to}`),
  ),
  refused(
    'redirects',
    'redirect-https',
    '/users answers 307 with Location https:// on this plain port.',
    moved(307, ({ host, to }) => `https://${host}${to}`),
  ),
  refused(
    'redirects',
    'redirect-other-port',
    '/users answers 307 to another port of this host.',
    moved(307, ({ scheme, host, to }) => `${scheme}://${host.replace(/:\d+$/, '')}:9${to}`),
  ),
  refused(
    'redirects',
    'redirect-other-path',
    '/users answers 307 to /login of this host.',
    moved(307, ({ scheme, host }) => `${scheme}://${host}/login`),
  ),
  refused(
    'redirects',
    'redirect-protocol-relative',
    '/users answers 307 to //elsewhere.example/….',
    moved(307, ({ to }) => `//elsewhere.example${to}`),
  ),
  refused(
    'redirects',
    'redirect-userinfo',
    '/users answers 307 to a host that looks like this one (http://this-host@elsewhere.example/…).',
    moved(307, ({ scheme, host, to }) => `${scheme}://${host}@elsewhere.example${to}`),
  ),
  refused(
    'redirects',
    'redirect-without-location',
    '/users answers 307 without a Location.',
    moved(307, () => ''),
  ),
  {
    name: 'redirect-loop',
    form: '',
    says: '/users answers 307 to /users/, and /users/ to /users.',
    family: 'redirects',
    kind: 'refuse',
    ends: 'refused',
    act: () => ({
      change(answer, { route, scheme, host, path, search }) {
        if ((route.kind !== 'api' && route.kind !== 'slash') || route.means !== 'users') return answer;
        const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`;
        return { ...text(307, ''), headers: { location: `${scheme}://${host}${other}${search}` } };
      },
    }),
  },
];
