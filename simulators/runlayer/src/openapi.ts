import { roleRow } from './role-rows.ts';
import { userRow } from './rows.ts';
import { itemsOf } from './assignments.ts';
import { presentRole } from './form/present-role.ts';
import { presentItem, presentUser } from './form/present-user.ts';
import type { Row } from './form/form.ts';
import type { Means } from './routes.ts';
import type { Simulation } from './simulation.ts';

/** The OpenAPI document of the form in force, its schemas taken from what the API really answers. */
export function openapiOf(simulation: Simulation): unknown {
  const { form, tenant, router } = simulation;
  const person = tenant.count > 0 ? tenant.at(tenant.count - 1) : undefined;
  const role = tenant.roles[0]!;
  const user = person ? presentUser(simulation, userRow(simulation, person)) : {};
  const schemas = {
    UserPublic: schemaOf(user),
    RolePublic: schemaOf(presentRole(roleRow(role), role, form)),
    AssignmentPublic: schemaOf(presentItem(simulation, (person && itemsOf(simulation, person)[0]) ?? {})),
  };
  const paths: Record<string, unknown> = {};
  for (const { template, means } of router.endpoints) {
    if (means === 'openapi') continue;
    const [summary, schema, key] = says[means];
    const isList = key !== undefined;
    const item = { $ref: `#/components/schemas/${schema}` };
    const name = key === undefined ? undefined : form.envelope[key];
    const array = { type: 'array', items: item };
    const list = name === undefined ? array : { type: 'object', properties: { [name]: array }, required: [name] };
    paths[form.prefix + template] = {
      get: {
        summary,
        parameters: [...[...template.matchAll(/\{(\w+)\}/g)].map(inPath), ...(isList ? inQuery(form.paging) : [])],
        security: [
          ...(form.auth.header ? [{ APIKeyHeader: [] }] : []),
          ...(form.auth.bearer ? [{ HTTPBearer: [] }] : []),
        ],
        responses: {
          200: {
            description: 'Successful Response',
            content: { 'application/json': { schema: schema === '' ? {} : isList ? list : item } },
          },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Simulated Runlayer', version: '0.1.0' },
    paths,
    components: {
      schemas,
      securitySchemes: {
        APIKeyHeader: { type: 'apiKey', in: 'header', name: 'x-runlayer-api-key' },
        HTTPBearer: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const says: Record<Means, readonly [summary: string, schema: string, key?: keyof Simulation['form']['envelope']]> = {
  me: ['Read User Me', 'UserPublic'],
  users: ['Read Users', 'UserPublic', 'users'],
  user: ['Read User By Id', 'UserPublic'],
  'user-roles': ['Read User Roles', 'AssignmentPublic', 'assignments'],
  roles: ['Read Roles', 'RolePublic', 'roles'],
  role: ['Read Role', 'RolePublic'],
  'role-users': ['Read Role Users', 'UserPublic', 'roleUsers'],
  flat: ['Read Role Assignments', 'AssignmentPublic', 'assignments'],
  health: ['Health Check', ''],
  openapi: ['', ''],
};

const inPath = ([, name]: RegExpExecArray): unknown => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string' },
});

function inQuery(paging: string): unknown[] {
  const integer = (name: string, otherwise: number): unknown => ({
    name,
    in: 'query',
    required: false,
    schema: { type: 'integer', default: otherwise },
  });
  if (paging.startsWith('cursor')) {
    return [{ name: 'cursor', in: 'query', required: false, schema: { type: 'string' } }, integer('limit', 100)];
  }
  return [paging === 'page' ? integer('page', 1) : integer('skip', 0), integer('limit', 100)];
}

function schemaOf(value: unknown): unknown {
  if (value === null) return { anyOf: [{ type: 'string' }, { type: 'null' }] };
  if (Array.isArray(value)) return { type: 'array', items: value.length > 0 ? schemaOf(value[0]) : {} };
  if (typeof value === 'object') {
    const properties = Object.fromEntries(Object.entries(value as Row).map(([name, part]) => [name, schemaOf(part)]));
    return { type: 'object', properties, required: Object.keys(properties) };
  }
  if (typeof value === 'number') return { type: 'integer' };
  return { type: typeof value };
}
