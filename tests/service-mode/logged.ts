import { eventually } from '../support/eventually.ts';
import type { Service } from './service.ts';

/** Waits until the service has logged so much. */
export async function logged(service: Service, text: string, times = 1): Promise<void> {
  const count = (): number => service.log.split(text).length - 1;
  await eventually(
    () => count() >= times,
    () => `${text}: ${count()} times, not ${times}, in ${service.log.slice(-2000)}`,
  );
}
