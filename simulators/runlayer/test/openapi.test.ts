import { describe, expect, test } from 'vitest';

import { fetchText, simulator, type Simulator } from './simulator.ts';

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, { get: { parameters: { name: string }[]; responses: Record<string, unknown> } }>;
  readonly components: { readonly schemas: Record<string, { properties: Record<string, unknown> }> };
}

const documentOf = async (from: Simulator): Promise<Document> =>
  (await fetchText(`${from.origin}/openapi.json`)).json as Document;

describe('the OpenAPI document', () => {
  test('of a plain tenant names its paths, their parameters and the fields of a user', async () => {
    await using from = await simulator();
    const { openapi, paths, components } = await documentOf(from);
    expect(openapi).toMatch(/^3\.1/);
    expect(Object.keys(paths).sort()).toEqual([
      '/api/v1/roles',
      '/api/v1/roles/{id}',
      '/api/v1/users',
      '/api/v1/users/me',
      '/api/v1/users/{id}',
      '/api/v1/users/{id}/roles',
      '/api/v1/utils/health-check/',
    ]);
    expect(paths['/api/v1/users']?.get.parameters.map(({ name }) => name)).toEqual(['skip', 'limit']);
    expect(Object.keys(components.schemas['UserPublic']!.properties)).toContain('roles');
  });

  test('describes the form in force, and nothing that it does not have', async () => {
    await using from = await simulator({}, [
      'flat-role-assignments',
      'users-path-members',
      'roles-path-fga',
      'paging-next-cursor',
      'status-enabled',
      'user-id-user-id',
      'envelope-results',
      'role-id-key',
    ]);
    const { paths, components } = await documentOf(from);
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/members', '/api/v1/fga/roles', '/api/v1/role-assignments']),
    );
    for (const path of ['/api/v1/users', '/api/v1/roles', '/api/v1/users/{id}/roles'])
      expect(paths).not.toHaveProperty([path]);
    expect(paths['/api/v1/members']?.get.parameters.map(({ name }) => name)).toEqual(['cursor', 'limit']);
    expect(JSON.stringify(paths['/api/v1/members']?.get.responses)).toContain('"results"');
    const user = Object.keys(components.schemas['UserPublic']!.properties);
    expect(user).toEqual(expect.arrayContaining(['user_id', 'enabled']));
    for (const key of ['id', 'is_active', 'roles']) expect(user).not.toContain(key);
    expect(Object.keys(components.schemas['RolePublic']!.properties)).toContain('key');
  });

  test('has an answer at every path that it names', async () => {
    await using from = await simulator({}, ['per-role-users', 'roles-path-rbac', 'users-path-slash']);
    const { paths } = await documentOf(from);
    for (const path of Object.keys(paths)) {
      const id = path.includes('/users/{id}') ? from.tenant.at(1).id : from.tenant.roles[0]!.id;
      const answer = await from.get(path.replace('/api/v1', '').replace('{id}', id));
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});
