import type { Connector } from '@batonkit/console-contract';
import { seconds } from '../../../lib/time.ts';
import { useNow } from '../../../lib/use-now.ts';
import { count, shown } from '../../../lib/words.ts';
import { Note } from '../../../ui/note.tsx';
import { Phases, Progress } from '../../../ui/progress.tsx';
import { phasesOf, shareOf } from './phases.ts';

const WORTH_A_NOTE = 5_000;

/** The plan comes before the first list; a connector need not have one. */
function requestsOf({ plan, requests }: NonNullable<Connector['run']>): string {
  const sent = `${count(requests, 'request')} sent`;
  if (requests === 0) return 'No request sent yet.';
  if (plan === null) return `${sent}.`;
  // A connector asks other things, too, such as what a second way would say.
  return `Plan: ${shown(plan.name)}, ${count(plan.requests, 'request')} or more for the lists; ${sent} so far, checks included.`;
}

/** A run as it goes: what has been read, of how many, and what comes. */
export function RunProgress({ run, first }: { run: NonNullable<Connector['run']>; first: boolean }) {
  const share = shareOf(run);
  const now = useNow(1_000);
  return (
    <div className="run">
      {/* A pause between two tries is over before it is read, and all below would jump; the chip's line tells it. */}
      {run.waiting === null || Date.parse(run.waiting.until) - now < WORTH_A_NOTE ? null : (
        <Note tone="busy" title={run.waiting.reason}>
          <p>It goes on by itself at {seconds(run.waiting.until)}.</p>
        </Note>
      )}
      {run.attempt > 1 ? (
        <p className="small soft">
          Attempt {run.attempt}: the one before ended without a result, and nothing of it was kept.
        </p>
      ) : null}
      <Progress label={first ? 'First sync' : 'Sync'} share={share} />
      <Phases phases={phasesOf(run)} />
      <p className="small soft run-words">{requestsOf(run)}</p>
      {first ? (
        <p className="small soft run-words">
          Accounts appear when the sync is complete, all at once. Until then nothing is shown, rather than something
          half true.
        </p>
      ) : null}
    </div>
  );
}
