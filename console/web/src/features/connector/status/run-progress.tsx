import type { Connector } from '@batonkit/console-contract';
import { seconds } from '../../../lib/time.ts';
import { count, shown } from '../../../lib/words.ts';
import { Note } from '../../../ui/note.tsx';
import { Phases, Progress } from '../../../ui/progress.tsx';
import { phasesOf, shareOf } from './phases.ts';

/** The plan comes before the first list; a connector need not have one. */
function requestsOf({ plan, requests }: NonNullable<Connector['run']>): string {
  const sent = `${count(requests, 'request')} sent`;
  if (plan === null) return `${sent}.`;
  // A connector asks other things, too, such as what a second way would say.
  return `Plan: ${shown(plan.name)}, ${count(plan.requests, 'request')} or more for the lists; ${sent} so far, checks included.`;
}

/** A run as it goes: what has been read, of how many, and what comes. */
export function RunProgress({ run, first }: { run: NonNullable<Connector['run']>; first: boolean }) {
  const share = shareOf(run);
  return (
    <div className="run">
      {run.waiting === null ? null : (
        <Note tone="busy" title={run.waiting.reason}>
          <p>It goes on by itself at {seconds(run.waiting.until)}.</p>
        </Note>
      )}
      {run.attempt > 1 ? (
        <p className="small soft">
          Attempt {run.attempt}: the one before ended without a result, and nothing of it was kept.
        </p>
      ) : null}
      {share === undefined ? null : <Progress label={first ? 'First sync' : 'Sync'} share={share} />}
      <Phases phases={phasesOf(run)} />
      {run.plan === null && run.requests === 0 ? null : <p className="small soft run-words">{requestsOf(run)}</p>}
      {first ? (
        <p className="small soft run-words">
          Accounts appear when the sync is complete, all at once. Until then nothing is shown, rather than something
          half true.
        </p>
      ) : null}
    </div>
  );
}
