import { useMemo } from 'react';
import type { Administrator, AdministratorPage } from '@batonkit/console-contract';
import { month, sinceOf } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { figure, listed, TIER_WORDS } from '../../lib/words.ts';
import { Baton } from '../../ui/baton.tsx';
import { DataTable, type DataColumn, type DataGroup } from '../../ui/data-table.tsx';
import { SyncLink } from '../../ui/say.tsx';
import { Flag } from '../../ui/state-chip.tsx';
import { Name } from '../../ui/text.tsx';
import { TierMark } from '../../ui/tier.tsx';
import { AccountCell, StatusFlag } from './account-cell.tsx';

const TIERS = ['critical', 'high', 'unclassified'] as const;

const WHY = {
  critical: 'everything, roles and settings included',
  high: 'policies, servers, and who may use them',
  unclassified: 'roles that nobody has classified, so they count until somebody does',
} as const;

const NEW_FOR = 7 * 24 * 60 * 60 * 1000;

interface AdministratorsTableProps {
  items: readonly Administrator[];
  tiers: AdministratorPage['tiers'];
  axis: AdministratorPage['axis'];
  past: boolean;
}

/** One row an account, under the tier of its strongest role. */
export function AdministratorsTable({ items, tiers, axis, past }: AdministratorsTableProps) {
  const columns = useMemo(() => columnsOf(axis, past), [axis, past]);
  const groups = TIERS.map((tier) => ({
    id: tier,
    items: items.filter((item) => item.tier === tier),
    head: (
      <span className="group-head">
        <TierMark tier={tier} />
        {TIER_WORDS[tier]}
        <span className="count figures">{figure(tiers[tier])}</span>
        <span className="why">{WHY[tier]}</span>
      </span>
    ),
  })).filter((group) => group.items.length > 0) satisfies DataGroup<Administrator>[];
  return <DataTable label="Administrators" columns={columns} groups={groups} keyOf={({ account }) => account.id} />;
}

function columnsOf(axis: AdministratorPage['axis'], past: boolean): DataColumn<Administrator>[] {
  return [
    { id: 'account', head: 'Account', renderCell: ({ account }) => <AccountCell account={account} /> },
    { id: 'role', head: 'Role', phone: 'beside', renderCell: ({ roles }) => <Roles roles={roles} /> },
    { id: 'since', head: 'Since', phone: 'line', renderCell: ({ roles }) => <Since roles={roles} /> },
    {
      id: 'held',
      phone: 'line',
      hide: 'middle',
      head:
        axis === null ? (
          'Held'
        ) : (
          <span className="axis">
            <span>{month(axis.from)}</span>
            <span className="unseen"> to </span>
            <span>{past ? month(axis.to) : 'now'}</span>
          </span>
        ),
      renderCell: ({ roles: [role] }) =>
        role === undefined || axis === null ? null : <Baton interval={role.interval} axis={axis} past={past} />,
    },
    {
      id: 'seen',
      head: 'First seen by',
      hide: 'wide',
      phone: 'none',
      renderCell: ({ roles: [role] }) => (role === undefined ? null : <SyncLink id={role.interval.from.syncId} />),
    },
    { id: 'flags', head: 'To look at', phone: 'line', renderCell: (item) => <Flags item={item} past={past} /> },
  ];
}

function Roles({ roles }: Pick<Administrator, 'roles'>) {
  const [strongest, ...rest] = roles;
  if (strongest === undefined) return 'By flag, not by role';
  return (
    <>
      <Name>{strongest.role.name}</Name>
      {rest.length === 0 ? null : (
        <span className="sub">
          and <Name>{listed(rest.map(({ role }) => role.name))}</Name>
        </span>
      )}
    </>
  );
}

function Since({ roles: [role] }: Pick<Administrator, 'roles'>) {
  if (role === undefined) return <span className="quiet">not known</span>;
  const { text, sub } = sinceOf(role.interval);
  return (
    <>
      {text}
      <span className="sub">{sub}</span>
    </>
  );
}

function Flags({ item: { account, byFlag, tier, roles }, past }: { item: Administrator; past: boolean }) {
  const now = useNow(60_000);
  const [role] = roles;
  const isNew =
    !past &&
    role !== undefined &&
    role.interval.from.after !== null &&
    now - Date.parse(role.interval.from.before) < NEW_FOR;
  return (
    <span className="flags">
      <StatusFlag status={account.status} kept={roles.length > 0} />
      {byFlag ? <Flag>By flag</Flag> : null}
      {tier === 'unclassified' && !byFlag ? <Flag>No tier</Flag> : null}
      {account.type === 'service' || account.type === 'system' ? <Flag tone="idle">Service account</Flag> : null}
      {isNew ? <Flag tone="idle">New</Flag> : null}
    </span>
  );
}
