import { useState } from 'react';
import type { Connector, Held } from '@batonkit/console-contract';
import { reportOf } from '../../../lib/api-problem.ts';
import { dayAndClock } from '../../../lib/time.ts';
import { count, figure } from '../../../lib/words.ts';
import { Button } from '../../../ui/button.tsx';
import { Code, ErrorNote, Note } from '../../../ui/note.tsx';
import { Newcomers } from '../../../ui/newcomers.tsx';
import { SyncLink } from '../../../ui/say.tsx';
import { Name } from '../../../ui/text.tsx';
import { Sign } from '../../../ui/timeline.tsx';
import { useConnectorAction } from '../use-connector-action.ts';
import './held-area.css';

/** A sync that the guard holds. One that takes its place while somebody reads must be read before it can be confirmed. */
export function HeldArea({ connector, held }: { connector: Connector; held: Held }) {
  const [read, setRead] = useState(held.syncId);
  return (
    <HeldSync
      key={held.syncId}
      connector={connector}
      held={held}
      replaced={read !== held.syncId}
      onRead={() => setRead(held.syncId)}
    />
  );
}

interface HeldSyncProps {
  connector: Connector;
  held: Held;
  /** Another one stood here a moment ago. */
  replaced: boolean;
  onRead: () => void;
}

/** Why it is held, what it would do, and the decision. */
function HeldSync({ connector, held, replaced, onRead }: HeldSyncProps) {
  const confirm = useConnectorAction(connector.id, 'confirmChanges');
  return (
    <section className="held warn" aria-labelledby="held-title">
      <div className="held-top">
        <div>
          <h2 id="held-title" className="held-say">
            This sync is held. <b>Nothing was applied.</b>
          </h2>
          <ul className="held-reasons">
            {held.reasons.map(({ code, text }) => (
              <li key={`${code} ${text}`}>
                {text} <Code>{code}</Code>
              </li>
            ))}
          </ul>
          <p className="small soft">
            Read completely on {dayAndClock(held.at)}, sync <SyncLink id={held.syncId} />
          </p>
        </div>
        <dl className="drops" aria-label="Before and after">
          <Drop name="Accounts" before={held.before.accounts} after={held.after.accounts} />
          <Drop name="Roles" before={held.before.roles} after={held.after.roles} />
          <Drop name="Grants" before={held.before.grants} after={held.after.grants} />
        </dl>
      </div>
      {held.newcomers.length === 0 ? null : (
        <div className="held-newcomers">
          <h3>New administrators in it</h3>
          <Newcomers of={held.newcomers} />
        </div>
      )}
      <h3 className="held-title">What would change</h3>
      <p className="held-line small soft">{summary(held)}</p>
      {held.administrators.length === 0 ? null : (
        <ul className="held-changes" aria-label="Administrators that would change">
          {held.administrators.map(({ kind, account, role }) => (
            <li key={`${kind} ${account.email ?? ''} ${account.name} ${role}`}>
              <Sign kind={kind === 'gained' ? 'ok' : 'err'}>{kind === 'gained' ? '+' : '−'}</Sign>
              <span className="who-name">
                <Name>{account.name}</Name>
                <span className="who-sub">{account.email === null ? 'no email' : <Name>{account.email}</Name>}</span>
              </span>
              <span>
                {kind === 'gained' ? 'would gain ' : 'would lose '}
                {kind === 'gained' ? (
                  <b>
                    <Name>{role}</Name>
                  </b>
                ) : (
                  <del>
                    <Name>{role}</Name>
                  </del>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      {confirm.error === null ? null : <ErrorNote report={reportOf(confirm.error)} />}
      {replaced ? (
        <Note
          tone="warn"
          title="Another sync has taken the place of the one that you were reading."
          actions={<Button onPress={onRead}>I have read this one</Button>}
        >
          <p>The reasons and changes above are those of the newer one.</p>
        </Note>
      ) : null}
      <div className="held-foot">
        <Button
          kind="danger"
          off={replaced ? 'Read the newer sync first' : undefined}
          waiting={confirm.isPending && 'Applying'}
          onPress={() => confirm.mutate({ syncId: held.syncId })}
        >
          Confirm changes
        </Button>
        <p className="small soft">
          Confirming applies this sync and no other. If it is not right, put it right in Runlayer and choose Sync now: a
          sync that is in order again is applied, and this one counts as disproved.
        </p>
      </div>
    </section>
  );
}

function Drop({ name, before, after }: { name: string; before: number; after: number }) {
  const share = before === 0 ? 1 : Math.min(after / before, 1);
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className={after < before ? 'drop-track less' : 'drop-track'} aria-hidden="true">
          <i style={{ width: `${share * 100}%` }} />
        </span>
        <b>
          {figure(before)} <span aria-hidden="true">→</span>
          <span className="unseen"> before, after </span> {figure(after)}
        </b>
      </dd>
    </div>
  );
}

function summary(held: Held): string {
  const parts = [
    [held.grantsRemoved, 'grant', 'removed'],
    [held.grantsAdded, 'grant', 'added'],
    [held.accountsRemoved, 'account', 'removed'],
    [held.accountsAdded, 'account', 'added'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what, how]) => `${count(number, what)} ${how}`);
  return said.length === 0
    ? 'No account or grant comes or goes.'
    : `${said.join(', ')}. Administrators are listed first.`;
}
