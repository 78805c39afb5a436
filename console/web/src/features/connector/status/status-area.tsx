import { Link } from '@tanstack/react-router';
import type { Connector } from '@batonkit/console-contract';
import { ago, day, spanText } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { count } from '../../../lib/words.ts';
import { Area } from '../../../ui/area.tsx';
import { Exceptions } from '../../../ui/exceptions.tsx';
import { ErrorNote, Note } from '../../../ui/note.tsx';
import { SyncLink } from '../../../ui/say.tsx';
import { Time } from '../../../ui/text.tsx';
import { RunProgress } from './run-progress.tsx';

/** What the connector is doing, or how the last sync ended, and how old the data is. */
export function StatusArea({ connector }: { connector: Connector }) {
  const { state, run, lastGood } = connector;
  return (
    <Area title="Status" side={lastGood === null ? null : <LastRead at={lastGood.span.to} />}>
      {run === null ? null : <RunProgress run={run} first={lastGood === null} />}
      {run === null && state.error !== undefined ? <ErrorNote report={state.error} /> : null}
      {/* Of a held sync the area above says all; that the data is older stands below. */}
      {run === null && state.warning !== undefined && state.name !== 'paused' ? (
        <Note tone="warn" title={state.warning} />
      ) : null}
      {lastGood === null ? (
        run === null ? (
          <p className="small soft">
            Nothing has been read yet.
            {/* Once one was asked for, the first is no more to come. */}
            {connector.passed.length === 0 ? ' The first sync starts as soon as the settings are saved.' : ''}
          </p>
        ) : null
      ) : (
        <LastGood connector={connector} lastGood={lastGood} />
      )}
    </Area>
  );
}

function LastRead({ at }: { at: string }) {
  const now = useNow();
  return (
    <span className="small soft">
      Last read completely <Time at={at}>{ago(at, now)}</Time>
    </span>
  );
}

function LastGood({ connector, lastGood }: { connector: Connector; lastGood: NonNullable<Connector['lastGood']> }) {
  const { accounts, roles, grants } = lastGood.counts;
  const to = { appId: connector.app.id };
  const old = connector.state.name === 'error' || connector.state.name === 'paused' || connector.run !== null;
  return (
    <>
      <div className="last-good">
        <p>
          {old ? 'Shown meanwhile: ' : ''}
          <b>
            <Link to="/apps/$appId/accounts" params={to}>
              {count(accounts, 'account')}
            </Link>
          </b>
          ,{' '}
          <b>
            <Link to="/apps/$appId/resources" params={to}>
              {count(roles, 'role')}
            </Link>
          </b>
          ,{' '}
          <b>
            {/* Under each role its holders, who are these. */}
            <Link to="/apps/$appId/resources" params={to}>
              {count(grants, 'grant')}
            </Link>
          </b>
        </p>
        <span className="soft">
          {lastGood.span.kind === 'moment' ? 'exactly as on ' : 'as on '}
          {day(lastGood.span.to)} {spanText(lastGood.span)}
        </span>
        <p>
          <SyncLink id={lastGood.syncId} />
        </p>
        <p className="push">
          <Link to="/apps/$appId/administrators" params={to}>
            Who can administer {connector.app.name}
          </Link>
        </p>
      </div>
      {lastGood.exceptions.length === 0 ? null : (
        <div className="excepted">
          <Note tone="warn" title={`Read completely, with ${count(lastGood.exceptions.length, 'exception')}.`}>
            <p>A judgement about the form of this tenant was overruled for each:</p>
            <Exceptions of={lastGood.exceptions} />
          </Note>
        </div>
      )}
    </>
  );
}
