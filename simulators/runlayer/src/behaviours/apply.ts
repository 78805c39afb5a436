import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import type { Simulation } from '../simulation.ts';

export function limitOf({ behaviours }: Simulation, exchange: Exchange, limit: number): number {
  if (exchange.route.kind !== 'api') return limit;
  return behaviours.reduce((least, behaviour) => behaviour.limit?.(least) ?? least, limit);
}

export async function waitFor({ behaviours }: Simulation, exchange: Exchange, gone: AbortSignal): Promise<void> {
  for (const behaviour of behaviours) await behaviour.wait?.(exchange, gone);
}

/** While the rows are plain, as every tenant has them. */
export function changeAnswer(simulation: Simulation, exchange: Exchange, answer: Answer): Answer {
  return simulation.behaviours.reduce(
    (last, behaviour) => behaviour.change?.(last, exchange, simulation) ?? last,
    answer,
  );
}

/** Once the rows have the form that is in force. */
export function finishAnswer(simulation: Simulation, exchange: Exchange, answer: Answer): Answer {
  return simulation.behaviours.reduce(
    (last, behaviour) => behaviour.finish?.(last, exchange, simulation) ?? last,
    answer,
  );
}
