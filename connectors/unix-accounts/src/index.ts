import { hostname, userInfo } from 'node:os';
import {
  assignmentEntitlement,
  assignmentGrant,
  defineConfig,
  groupResource,
  resourceType,
  stringField,
  userResource,
  type ConnectorDefinition,
} from '@batonkit/connector';
import { readEntries } from './read-entries.ts';
import { readFiles } from './read-files.ts';

const file = (displayName: string, defaultValue: string) =>
  stringField({ displayName, description: `Where to read instead of ${defaultValue}`, defaultValue });
const config = defineConfig({ passwd: file('Accounts', '/etc/passwd'), group: file('Groups', '/etc/group') });
const userType = resourceType('user', { displayName: 'Account', trait: 'user' });
const groupType = resourceType('group', { displayName: 'Group', trait: 'group' });
const group = (name: string, gid = '') => groupResource(['group', name], { displayName: name, profile: { gid } });

/** The accounts and groups of one machine, from its own files; a directory that it asks as well is not in them. */
export const unixAccounts: ConnectorDefinition<typeof config.fields> = {
  name: 'baton-unix-accounts',
  id: 'unix-accounts',
  displayName: 'Unix accounts',
  description: 'Accounts, groups and memberships of one machine, from its own files.',
  version: '0.1.0',
  helpUrl: 'https://man7.org/linux/man-pages/man5/passwd.5.html',
  config,
  resourceTypes: [userType, groupType],
  open: ({ passwd, group: groups }, { clock }) => {
    const reader = { roleId: 'name', origin: `file://${hostname()}`, owner: { id: userInfo().username, roles: [] } };
    return {
      validate: async () => void (await Promise.all([readEntries(passwd, 7), readEntries(groups, 4)])),
      plans: () => Promise.resolve([readFiles(passwd, groups, clock, reader)]),
      present: {
        resource: (type, entry) => {
          const [name = '', , number = '', , comment = '', home = '', shell = ''] = entry as string[];
          if (type === 'group') return group(name, number);
          const displayName = comment.split(',')[0] || name;
          return userResource(['user', name], { displayName, login: name, profile: { uid: number, home, shell } });
        },
        entitlement: (entry) => {
          const [name = '', , gid] = entry as string[];
          return assignmentEntitlement(group(name, gid), 'member', {
            displayName: `Member of ${name}`,
            to: [userType],
          });
        },
        grant: (record) => {
          const [name, user] = record as [string, string];
          return assignmentGrant(['group', name], 'member', ['user', user]);
        },
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  },
};
