import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import type { StateName } from '@batonkit/console-contract';
import { Shape } from './icon.tsx';
import './state-chip.css';

const TONES = {
  not_connected: 'idle',
  syncing: 'busy',
  processing: 'busy',
  connected: 'ok',
  error: 'err',
  paused: 'warn',
} as const satisfies Record<StateName, string>;

interface StateChipProps {
  name: StateName;
  label: string;
  large?: boolean;
  /** Opens the log; without it the chip is words only. */
  onPress?: () => void;
}

/** Shape and word of a connector's state. Its reason always stands beside it. */
export function StateChip({ name, label, large = false, onPress }: StateChipProps) {
  const className = `chip ${TONES[name]}${large ? ' large' : ''}`;
  const inside = (
    <>
      <Shape of={name} />
      {label}
    </>
  );
  if (onPress === undefined) {
    return (
      <span className={className} data-state={name}>
        {inside}
      </span>
    );
  }
  return (
    <Button className={className} onPress={onPress} data-state={name}>
      {inside}
      <span className="unseen">: open the log</span>
    </Button>
  );
}

/** What to look at, at a row. */
export function Flag({ tone = 'warn', children }: { tone?: 'warn' | 'idle' | 'past'; children: ReactNode }) {
  return <span className={`flag ${tone}`}>{children}</span>;
}
