import { expect } from 'vitest';

import { bodyOf, moved, sent, statusOf, type Looks } from './raw.ts';
import { fetchText } from './simulator.ts';

const slash = 'http://127.0.0.1:';

export const pathLooks: Looks = {
  'users-path-slash': (from) => sent(from, '/users?limit=1', 307, `${slash}${from.port}/api/v1/users/?limit=1`),
  'users-path-organization-members': moved('/organization/members', '/users'),
  async 'users-path-organizations-id-members'(from) {
    const { organization_id: id } = await bodyOf(from, '/users/me');
    await moved(`/organizations/${String(id)}/members`, '/users')(from);
    expect(await statusOf(from, '/organizations/other/members')).toBe(404);
  },
  'users-path-members': moved('/members', '/users'),
  'roles-path-slash': (from) => sent(from, '/roles', 307, `${slash}${from.port}/api/v1/roles/`),
  'roles-path-fga': moved('/fga/roles', '/roles'),
  'roles-path-rbac': moved('/rbac/roles', '/roles'),
  'roles-path-admin': moved('/admin/roles', '/roles'),
  'roles-path-users': moved('/users/roles', '/roles'),
  'roles-path-authorization': moved('/authorization/roles', '/roles'),
  async 'absent-405'(from) {
    expect(await statusOf(from, '/fga/roles')).toBe(405);
    expect(await statusOf(from, '/users')).toBe(200);
  },
  async 'base-path'(from) {
    const headers = { 'x-runlayer-api-key': from.tenant.keys.super_admin };
    const there = await fetchText(`${from.origin}/gateway/api/v1/users`, { headers });
    expect(there.json).toMatchObject({ count: 60 });
    expect(await statusOf(from, '/users')).toBe(404);
    expect((await fetchText(`${from.origin}/gateway/users`, { headers })).text).toContain('<!doctype html>');
  },
  async 'html-unless-json'(from) {
    expect((await from.get('/users')).text).toContain('<!doctype html>');
    const headers = { accept: 'application/json' };
    expect((await from.get('/users', undefined, { headers })).json).toMatchObject({ count: 60 });
  },
  async 'no-roles-list'(from) {
    for (const path of ['/roles', '/roles/', '/fga/roles', '/rbac/roles', '/admin/roles', '/authorization/roles'])
      expect(await statusOf(from, path)).toBe(404);
    expect(await statusOf(from, '/users/roles')).toBe(422);
  },
  async 'no-users-list'(from) {
    for (const path of ['/users', '/users/', '/members']) expect(await statusOf(from, path)).toBe(404);
    expect(await statusOf(from, '/users/me')).toBe(200);
  },
  async 'html-at-200'(from) {
    const answer = await from.get('/users');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  },
  'redirect-301': (from) => sent(from, '/users', 301, `${slash}${from.port}/api/v1/users/`),
  'redirect-302': (from) => sent(from, '/users', 302, `${slash}${from.port}/api/v1/users/`),
  'redirect-308': (from) => sent(from, '/users', 308, `${slash}${from.port}/api/v1/users/`),
  'redirect-relative': (from) => sent(from, '/users?limit=7', 307, '/api/v1/users/?limit=7'),
  'redirect-http': (from) => sent(from, '/users', 307, `${slash}${from.port}/api/v1/users/`),
  'redirect-https': (from) => sent(from, '/users', 307, `https://127.0.0.1:${from.port}/api/v1/users/`),
  'redirect-other-port': (from) => sent(from, '/users', 307, 'http://127.0.0.1:9/api/v1/users/'),
  'redirect-other-path': (from) => sent(from, '/users', 307, `${slash}${from.port}/login`),
  'redirect-protocol-relative': (from) => sent(from, '/users', 307, '//elsewhere.example/api/v1/users/'),
  'redirect-userinfo': (from) => sent(from, '/users', 307, `${slash}${from.port}@elsewhere.example/api/v1/users/`),
  'redirect-without-location': (from) => sent(from, '/users', 307, ''),
  async 'redirect-loop'(from) {
    await sent(from, '/users', 307, `${slash}${from.port}/api/v1/users/`);
    await sent(from, '/users/', 307, `${slash}${from.port}/api/v1/users`);
  },
  'redirect-elsewhere': (from) => sent(from, '/roles', 307, 'https://elsewhere.example/api/v1/roles'),
};
