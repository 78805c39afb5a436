import type { ConnectorFacts, PassedState, State } from './facts.ts';

export function connectorState(_facts: ConnectorFacts, _now: number): State {
  throw new Error('pending');
}
export function passedStates(_facts: ConnectorFacts): PassedState[] {
  throw new Error('pending');
}
