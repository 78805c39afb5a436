import { buildWeb } from '../../../tools/start/build-web.ts';
import { inRepository } from '../../support/program.ts';
import { chromiumPath } from './chromium.ts';

/** Builds the web app once, before the files run side by side; where nobody can look at it, not at all. */
export async function setup(): Promise<void> {
  if (chromiumPath !== undefined) await buildWeb(inRepository('.'), () => undefined);
}
