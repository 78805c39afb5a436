import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { AccountDetail, App } from '@batonkit/console-contract';
import { read } from '../../lib/queries.ts';
import { between, day, dayAndClock, month, sinceOf } from '../../lib/time.ts';
import { count, shown, TIER_WORDS } from '../../lib/words.ts';
import { Area, Facts } from '../../ui/area.tsx';
import { Baton } from '../../ui/baton.tsx';
import { Copy } from '../../ui/copy.tsx';
import { DataTable, type DataColumn } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { ProofLine } from '../../ui/say.tsx';
import { Avatar, Name } from '../../ui/text.tsx';
import { TierMark } from '../../ui/tier.tsx';
import { ACCOUNT_TYPES, StatusFlag } from './account-cell.tsx';
import { AppPage } from './app-page.tsx';
import { ChangesArea } from './changes-area.tsx';

const route = getRouteApi('/in/apps/$appId/accounts/$accountId');

/** One account: its roles and since when, what happened, and what the connector says about it. */
export function AccountPage() {
  const { appId } = route.useParams();
  return (
    <AppPage title="Account" via={{ label: 'Accounts', to: { to: '/apps/$appId/accounts', params: { appId } } }}>
      {(app, asOf) => <Loading app={app} asOf={asOf} />}
    </AppPage>
  );
}

function Loading({ app, asOf }: { app: App; asOf: string | undefined }) {
  const params = route.useParams();
  const reading = useQuery(read('getAccount', { params, ...(asOf === undefined ? {} : { query: { asOf } }) }));
  return (
    <Loaded reading={reading} what="the account">
      {(account) => <Account app={app} account={account} asOf={asOf} />}
    </Loaded>
  );
}

function Account({ app, account, asOf }: { app: App; account: AccountDetail; asOf: string | undefined }) {
  const past = asOf !== undefined;
  const held = account.grants.filter(({ interval }) => interval.to === null);
  return (
    <>
      <div className="account-head">
        <Avatar name={account.name} service={account.type !== 'human'} large />
        <div>
          <p className="account-name">
            <Name>{account.name}</Name>
          </p>
          <p className="soft">{account.email === null ? 'No email' : <Name>{account.email}</Name>}</p>
          <span className="flags">
            <StatusFlag status={account.status} kept={held.length > 0} />
          </span>
        </div>
      </div>
      <div className="hero">
        <Sentence app={app} account={account} past={past} />
        <ProofLine proof={account.proof} past={past} />
      </div>
      <div className="account-columns">
        <div>
          <Area title="Roles" side={<span className="small soft">{rolesText(account, held.length)}</span>} flush>
            {account.grants.length === 0 ? (
              <Empty heading="h3" title="This account holds no role" />
            ) : (
              <DataTable
                label="Roles of this account"
                columns={columnsOf(account, past)}
                groups={[{ id: 'all', items: account.grants }]}
                keyOf={({ role, interval }) => `${role.id} ${interval.from.syncId}`}
              />
            )}
          </Area>
          <ChangesArea appId={app.id} asOf={asOf} accountId={account.id} />
        </div>
        <div>
          <Details account={account} />
          <Area title="Profile">
            {account.profile.length === 0 ? (
              <p className="small soft">The connector does not report any attribute.</p>
            ) : (
              <Facts of={profileOf(account)} />
            )}
          </Area>
        </div>
      </div>
    </>
  );
}

const ADMINISTRATOR = new Set(['critical', 'high', 'unclassified']);

function Sentence({ app, account, past }: { app: App; account: AccountDetail; past: boolean }) {
  const strong = account.grants.filter(({ role, interval }) => interval.to === null && ADMINISTRATOR.has(role.tier));
  const earliest = strong.toSorted(
    (a, b) => Date.parse(a.interval.from.before) - Date.parse(b.interval.from.before),
  )[0];
  return (
    <h1 className="say" tabIndex={-1}>
      {earliest === undefined ? (
        <>
          <Name>{account.name}</Name> {past ? 'could not' : 'cannot'} administer {app.name}.
        </>
      ) : (
        <>
          <Name>{account.name}</Name> {past ? 'could' : 'can'} administer {app.name}
          {earliest.interval.from.after === null ? ': it began ' : ' since '}
          <b>{sinceOf(earliest.interval).text}</b>.
        </>
      )}
    </h1>
  );
}

function Details({ account }: { account: AccountDetail }) {
  return (
    <Area title="Details">
      <Facts
        of={{
          Status: `${account.status.name}${account.status.source === '' ? '' : ` (source: ${shown(account.status.source)})`}`,
          'Account type': ACCOUNT_TYPES[account.type],
          Login: account.login === null ? NOT_REPORTED : <Name>{account.login}</Name>,
          Created: account.createdAt === null ? NOT_REPORTED : dayAndClock(account.createdAt),
          'Last login': lastLoginOf(account),
          'Seen since': sinceOf(account.interval).text,
          'User ID': (
            <Copy text={account.externalId} what="user ID">
              {account.externalId}
            </Copy>
          ),
        }}
      />
    </Area>
  );
}

const NOT_REPORTED = 'The connector does not report it.';

function lastLoginOf({ lastLoginAt, newestKnown }: AccountDetail) {
  if (!newestKnown) return 'Not known of that moment: only the newest is kept.';
  return lastLoginAt === null ? NOT_REPORTED : dayAndClock(lastLoginAt);
}

function profileOf({ profile }: AccountDetail) {
  return Object.fromEntries(
    profile.map(({ key, value }) => [
      shown(key),
      <span key={key} className="mono">
        {shown(value)}
      </span>,
    ]),
  );
}

type Held = AccountDetail['grants'][number];

function columnsOf(account: AccountDetail, past: boolean): DataColumn<Held>[] {
  const axis = axisOf(account);
  return [
    {
      id: 'role',
      head: 'Role',
      renderCell: ({ role }) => (
        <>
          <b>
            <Name>{role.name}</Name>
          </b>
          <span className="sub">
            <TierMark tier={role.tier} /> {TIER_WORDS[role.tier]}
          </span>
        </>
      ),
    },
    {
      id: 'since',
      head: 'From',
      phone: 'line',
      renderCell: ({ interval }) => {
        const { text, sub } = sinceOf(interval);
        return (
          <>
            {text}
            <span className="sub">{sub}</span>
          </>
        );
      },
    },
    {
      id: 'to',
      head: 'To',
      phone: 'line',
      renderCell: ({ interval: { to } }) =>
        to === null ? (
          past ? (
            'held then'
          ) : (
            'still held'
          )
        ) : (
          <>
            {day(to.before)}
            <span className="sub">{between(to)}</span>
          </>
        ),
    },
    {
      id: 'held',
      phone: 'line',
      hide: 'middle',
      head: (
        <span className="axis">
          <span>{month(axis.from)}</span>
          <span className="unseen"> to </span>
          <span>{past ? month(axis.to) : 'now'}</span>
        </span>
      ),
      renderCell: ({ interval }) => <Baton interval={interval} axis={axis} past={past} />,
    },
  ];
}

function axisOf({ grants, interval, proof }: AccountDetail): { from: string; to: string } {
  const starts = [interval, ...grants.map((grant) => grant.interval)].map(({ from }) => from.before);
  const [from = proof.span.to] = starts.toSorted((a, b) => Date.parse(a) - Date.parse(b));
  return { from, to: proof.span.to };
}

function rolesText({ grants }: AccountDetail, now: number): string {
  const before = grants.length - now;
  return `${count(now, 'role')} now${before === 0 ? '' : `, ${before} before`}`;
}
