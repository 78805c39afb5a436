import type { UserIds } from './form.ts';

export const isUuid = (id: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

const withDashes = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const uuids: UserIds = {
  key: 'id',
  of: (person) => person.id,
  find: (id, tenant) => (isUuid(id) ? tenant.byId(id.toLowerCase()) : 'malformed'),
};

export const numbers: UserIds = {
  key: 'id',
  of: (person) => person.index + 1,
  find: (id, tenant) => (/^\d{1,9}$/.test(id) ? tenant.person(Number(id) - 1) : 'malformed'),
};

export const texts: UserIds = {
  key: 'id',
  of: (person) => `usr_${person.id.replaceAll('-', '')}`,
  find: (id, tenant) => (/^usr_[0-9a-f]{32}$/.test(id) ? tenant.byId(withDashes(id.slice(4))) : undefined),
};

/** Two and two have the same id but for the case of its first letter. */
export const cased: UserIds = {
  key: 'id',
  of: (person, tenant) =>
    (person.index % 2 === 0 ? 'usr' : 'Usr') + tenant.idOf(person.index - (person.index % 2)).replaceAll('-', ''),
  find(id, tenant) {
    const index = /^[uU]sr[0-9a-f]{32}$/.test(id) ? tenant.indexOf(withDashes(id.slice(3))) : undefined;
    if (index === undefined || index % 2 !== 0) return undefined;
    return tenant.person(id.startsWith('U') ? index + 1 : index);
  },
};
