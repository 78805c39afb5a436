import { useInfiniteQuery } from '@tanstack/react-query';
import type { TimelineEntry } from '@batonkit/console-contract';
import { readPages } from '../../lib/queries.ts';
import { between, day, dayAndClock } from '../../lib/time.ts';
import { count, TIER_WORDS } from '../../lib/words.ts';
import { Area } from '../../ui/area.tsx';
import { Button } from '../../ui/button.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { SyncLink } from '../../ui/say.tsx';
import { Name, Time } from '../../ui/text.tsx';
import { Timeline, type TimelineItem } from '../../ui/timeline.tsx';
import { AccountLink } from './account-cell.tsx';

interface ChangesAreaProps {
  appId: string;
  asOf: string | undefined;
  /** Only what happened to this account. */
  accountId?: string;
}

/** Who got and who lost which role, newest first, each between the two syncs that bound it. */
export function ChangesArea({ appId, asOf, accountId }: ChangesAreaProps) {
  const reading = useInfiniteQuery(
    readPages('listTimeline', {
      params: { appId },
      query: {
        limit: 50,
        ...(asOf === undefined ? {} : { asOf }),
        ...(accountId === undefined ? {} : { accountId }),
      },
    }),
  );
  return (
    <div className="below">
      <Area title="What happened when" side={<span className="small soft">Newest first</span>}>
        <Loaded reading={reading} what="changes" rows={3}>
          {({ pages }) => {
            const items = itemsOf(
              pages.flatMap((page) => page.items),
              accountId !== undefined,
            );
            return (
              <>
                {items.length === 0 ? (
                  <p className="small soft">Nothing has changed among administrators’ roles.</p>
                ) : (
                  <Timeline items={items} />
                )}
                {items.some(({ kind }) => kind !== 'first') ? null : (
                  <p className="small soft timeline-words">
                    The first sync is the baseline; changes show from the second on.
                  </p>
                )}
                {reading.hasNextPage && !items.some(({ kind }) => kind === 'first') ? (
                  <Button size="small" onPress={() => void reading.fetchNextPage()}>
                    Show older ones
                  </Button>
                ) : null}
              </>
            );
          }}
        </Loaded>
      </Area>
    </div>
  );
}

/** What the first sync found did not happen then: on the page of an app it is one entry, not one a person. */
function itemsOf(entries: TimelineEntry[], single: boolean): TimelineItem[] {
  const changes = entries.filter(({ first }) => !first).map((entry) => changeOf(entry, single));
  const baseline = entries.filter(({ first }) => first);
  const [first] = baseline;
  if (first === undefined) return changes;
  const roles = baseline.map(({ role }) => role.name).join(', ');
  return [
    ...changes,
    {
      id: `first ${first.bound.syncId}`,
      kind: 'first',
      when: <Time at={first.bound.before}>{day(first.bound.before)}</Time>,
      title: single ? (
        <>
          First seen, with <Name>{roles}</Name>
        </>
      ) : (
        'First sync'
      ),
      detail: (
        <>
          The baseline, read by <SyncLink id={first.bound.syncId} /> on {dayAndClock(first.bound.before)}. What was
          before is not known.
        </>
      ),
    },
  ];
}

function changeOf(entry: TimelineEntry, single: boolean): TimelineItem {
  const { kind, account, role, bound } = entry;
  const gained = kind === 'gained' || kind === 'raised';
  return {
    id: `${kind} ${account?.id ?? ''} ${role.id} ${bound.syncId}`,
    kind: gained ? 'gained' : 'lost',
    when: <Time at={bound.before}>{day(bound.before)}</Time>,
    title:
      account === null ? (
        <TierChange entry={entry} single={single} />
      ) : single ? (
        <>
          {gained ? 'Gained' : 'Lost'} <Name>{role.name}</Name>
        </>
      ) : (
        <>
          <AccountLink account={account} /> {gained ? 'gained' : 'lost'} <Name>{role.name}</Name>
        </>
      ),
    detail: (
      <>
        {between(bound).replace(/^b/, 'B')}, seen by <SyncLink id={bound.syncId} />.
      </>
    ),
  };
}

/** No grant came or went: the role itself began, or ceased, to make administrators. */
function TierChange({ entry: { kind, role, holders }, single }: { entry: TimelineEntry; single: boolean }) {
  const became = kind === 'raised' ? 'became' : 'is no longer';
  return (
    <>
      <Name>{role.name}</Name> {became} an administrator’s role (tier {TIER_WORDS[role.tier].toLowerCase()})
      {single ? '' : `, held by ${count(holders ?? 0, 'account')}`}
    </>
  );
}
