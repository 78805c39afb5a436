import { exact } from '../lib/time.ts';
import { initials, shown, spread } from '../lib/words.ts';
import './text.css';

/** A name that others chose: kept apart from the direction of the rest, with nothing in it unseen. */
export function Name({ children }: { children: string }) {
  return <bdi>{children === '' ? 'No name' : shown(children)}</bdi>;
}

/** A moment, with its zone for who wants to know exactly. */
export function Time({ at, children }: { at: string; children: string }) {
  return (
    <time dateTime={at} title={exact(at)}>
      {children}
    </time>
  );
}

const TONES = ['petrol', 'apricot', 'plum', 'green'] as const;

/** Initials of a person; a machine has square corners. */
export function Avatar({ name, service = false, large = false }: { name: string; service?: boolean; large?: boolean }) {
  const tone = TONES[spread(name, TONES.length)] ?? TONES[0];
  return (
    <span className={`avatar ${tone}${service ? ' service' : ''}${large ? ' large' : ''}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** An app or connector is its initial; logos belong to others. */
export function Initial({ name, large = false }: { name: string; large?: boolean }) {
  return (
    <span className={large ? 'initial large' : 'initial'} aria-hidden="true">
      {initials(name).slice(0, 1)}
    </span>
  );
}
