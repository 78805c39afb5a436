import { ProgressBar } from 'react-aria-components/ProgressBar';
import { Shape } from './icon.tsx';
import './progress.css';

/** A bar needs a known total; without one only its place is kept, so that nothing moves when it comes. */
export function Progress({ label, share }: { label: string; share: number | undefined }) {
  if (share === undefined) return <div className="progress unknown" />;
  return (
    <ProgressBar aria-label={label} value={Math.round(share * 100)} className="progress">
      {({ percentage }) => <i style={{ width: `${percentage ?? 0}%` }} />}
    </ProgressBar>
  );
}

export interface PhaseView {
  id: string;
  name: string;
  state: 'done' | 'now' | 'next';
  /** The number that counts. */
  figure: string;
  /** Of how many, or so far. */
  of: string;
  detail: string;
}

const PHASES = {
  done: { shape: 'connected', tone: 'ok' },
  now: { shape: 'syncing', tone: 'busy' },
  next: { shape: 'not_connected', tone: 'idle' },
} as const;

/** What is done, what runs, what comes. */
export function Phases({ phases }: { phases: readonly PhaseView[] }) {
  return (
    <ol className="phases">
      {phases.map(({ id, name, state, figure, of, detail }) => (
        <li key={id} className={PHASES[state].tone}>
          <span className="phase-name">
            <Shape of={PHASES[state].shape} />
            {name}
          </span>
          <span className="phase-figure">
            {figure} {of === '' ? null : <small>{of}</small>}
          </span>
          <span className="quiet fine">{detail}</span>
        </li>
      ))}
    </ol>
  );
}
