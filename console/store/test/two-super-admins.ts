import type { Tenant } from './test-console.ts';

/** A tenant where one of the two may lose the role without a word, and both may not. */
export const base: Tenant = {
  users: { ana: { name: 'Ana' }, bo: { name: 'Bo' }, cy: { name: 'Cy', byFlag: true } },
  roles: { super: { name: 'Super Admin', tier: 'critical' }, viewer: { name: 'Viewer', tier: 'none' } },
  grants: [
    ['super', 'ana'],
    ['super', 'bo'],
    ['viewer', 'cy'],
  ],
};
/** The same without these grants: `role user`. */
export const without = (...gone: string[]): Tenant => ({
  ...base,
  grants: base.grants.filter(([role, user]) => !gone.includes(`${role} ${user}`)),
});
