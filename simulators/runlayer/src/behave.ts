import { formOf } from './form/form-of.ts';
import { routerOf } from './routes.ts';
import type { Behaviour, Simulation } from './simulation.ts';

/** Puts other behaviours in force. One that goes on under the same words keeps what it has counted so far. */
export function behave(simulation: Simulation, behaviours: readonly Behaviour[]): void {
  simulation.behaviours = behaviours.map((made) => {
    const running = simulation.behaviours.find((behaviour) => behaviour.spec === made.spec);
    if (!running) made.start?.(simulation);
    return running ?? made;
  });
  simulation.form = formOf(simulation.settings, simulation.behaviours);
  simulation.router = routerOf(simulation.form);
}
