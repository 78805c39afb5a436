import { useInfiniteQuery } from '@tanstack/react-query';
import type { Span, SyncRecord } from '@batonkit/console-contract';
import type { z } from 'zod';
import { readPages } from '../../../lib/queries.ts';
import { dayAndClock, spanText } from '../../../lib/time.ts';
import { count, shown } from '../../../lib/words.ts';
import { Exceptions } from '../../../ui/exceptions.tsx';
import { Shape } from '../../../ui/icon.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Code } from '../../../ui/note.tsx';
import { SyncLink } from '../../../ui/say.tsx';
import { Name, Time } from '../../../ui/text.tsx';
import { LogList } from './log-list.tsx';

type Sync = z.infer<typeof SyncRecord>;

const OUTCOMES = {
  running: ['busy', 'syncing', 'Running'],
  applied: ['ok', 'connected', 'Applied'],
  unchanged: ['ok', 'connected', 'Nothing changed'],
  held: ['warn', 'paused', 'Held by the guard'],
  confirmed: ['ok', 'connected', 'Held, then confirmed'],
  disproved: ['idle', 'not_connected', 'Held, then disproved'],
  superseded: ['idle', 'not_connected', 'Held, then replaced'],
  failed: ['err', 'error', 'Failed'],
  cancelled: ['idle', 'not_connected', 'Cancelled'],
} as const;

/** Each sync, how it ended and what it brought. */
export function SyncHistory({ connectorId }: { connectorId: string }) {
  const reading = useInfiniteQuery(readPages('listSyncs', { params: { connectorId } }));
  return (
    <Loaded reading={reading} what="the sync history">
      {({ pages }) => (
        <LogList
          label="Syncs, newest first"
          items={pages.flatMap(({ items }) => items)}
          empty="No sync yet"
          more={reading.hasNextPage}
          onMore={() => void reading.fetchNextPage()}
        >
          {(sync) => (
            <li key={sync.id}>
              <Entry sync={sync} />
            </li>
          )}
        </LogList>
      )}
    </Loaded>
  );
}

function Entry({ sync }: { sync: Sync }) {
  const [tone, shape, word] = OUTCOMES[sync.outcome];
  return (
    <>
      <div className={`row ${tone}`}>
        <Shape of={shape} />
        <b>{word}</b>
        <span className="push quiet fine">
          <Time at={sync.requestedAt}>{dayAndClock(sync.requestedAt)}</Time>
        </span>
      </div>
      <p className="soft">{factsOf(sync)}</p>
      {sync.verdict === null || sync.span === null ? null : <Verdict sync={sync} span={sync.span} />}
      {sync.error === null ? null : (
        <p className="error">
          {sync.error.title} {sync.error.meaning} {sync.error.remedy} <Code>{sync.error.code}</Code>
        </p>
      )}
      <p className="fine quiet">
        {sync.trigger === 'save' ? 'After Save' : 'Sync now'} by <Name>{sync.requestedBy}</Name>
        {sync.attempts > 1 ? `, ${sync.attempts} attempts` : ''}
        {sync.syncId === null || sync.verdict === null ? '' : ' · '}
        {sync.syncId === null || sync.verdict === null ? null : <SyncLink id={sync.syncId} />}
      </p>
    </>
  );
}

/** How it was read: the verdict in its own words, when it is true, whether it is signed, and what was overruled. */
function Verdict({ sync, span }: { sync: Sync; span: Span }) {
  const excepted = sync.exceptions.length > 0;
  return (
    <>
      <p className={excepted ? 'verdict warn' : 'verdict ok'}>
        <Shape of={excepted ? 'warning' : 'connected'} />
        <span>
          {excepted ? 'Complete with exceptions' : 'Complete'}
          <span className="soft">
            , {spanText(span)}
            {sync.signed === true ? ', signed' : ', not signed'}
          </span>
        </span>
      </p>
      {excepted ? <Exceptions of={sync.exceptions} /> : null}
    </>
  );
}

function factsOf({ counts, grantsAdded, grantsRemoved, startedAt, finishedAt, plan, requests }: Sync): string {
  const parts: string[] = [];
  if (counts !== null) {
    parts.push(
      `${count(counts.accounts, 'account')}, ${count(counts.roles, 'role')}, ${count(counts.grants, 'grant')}`,
    );
  }
  if (grantsAdded !== null && grantsRemoved !== null && grantsAdded + grantsRemoved > 0) {
    parts.push(`${count(grantsAdded, 'grant')} added, ${grantsRemoved} removed`);
  }
  if (startedAt !== null && finishedAt !== null) {
    parts.push(`${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`);
  }
  if (plan !== null) parts.push(`plan ${shown(plan)}`);
  if (requests !== null) parts.push(count(requests, 'request'));
  return parts.join(' · ');
}
