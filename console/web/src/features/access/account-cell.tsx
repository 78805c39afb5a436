import { getRouteApi, Link } from '@tanstack/react-router';
import type { AccountRef } from '@batonkit/console-contract';
import { Who } from '../../ui/data-table.tsx';
import { Flag } from '../../ui/state-chip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Avatar, Name } from '../../ui/text.tsx';

const route = getRouteApi('/in/apps/$appId');

type Person = Pick<AccountRef, 'id' | 'name' | 'email' | 'status' | 'type'>;

/** An account in a list; its name leads to its page, at the same moment. */
export function AccountCell({ account }: { account: Person }) {
  return (
    <Who
      mark={<Avatar name={account.name} service={account.type !== 'human'} />}
      name={<AccountLink account={account} />}
      sub={account.email === null ? KINDS[account.type] : <Name>{account.email}</Name>}
    />
  );
}

const KINDS = {
  human: 'no email',
  service: 'service account',
  system: 'system account',
  unspecified: 'no email, kind not reported',
} as const;

export const ACCOUNT_TYPES = {
  human: 'User',
  service: 'Service account',
  system: 'System account',
  unspecified: 'Not reported',
} as const;

export function AccountLink({ account }: { account: Pick<AccountRef, 'id' | 'name'> }) {
  const { appId } = route.useParams();
  const { asOf } = route.useSearch();
  return (
    <Link
      to="/apps/$appId/accounts/$accountId"
      params={{ appId, accountId: account.id }}
      search={asOf === undefined ? {} : { asOf }}
      title={account.name}
    >
      <Name>{account.name}</Name>
    </Link>
  );
}

/** Whether an account can be used, in words; nothing where it is as usual. */
export function StatusFlag({ status, kept = false }: { status: AccountRef['status']; kept?: boolean }) {
  if (status.name === 'enabled') return null;
  const words = { disabled: 'Disabled', deleted: 'Deleted', unspecified: 'Status not reported' }[status.name];
  return (
    <Flag tone={status.name === 'unspecified' ? 'idle' : 'warn'}>
      <Icon name="ban" />
      {words}
      {kept ? ', role kept' : ''}
    </Flag>
  );
}
