import { buildWeb } from '../../tools/start/build-web.ts';
import { chromiumPath } from '../browser/support/chromium.ts';
import { inRepository } from './program.ts';

/** Builds the web app once, before the files run side by side; where nobody can look at it, not at all. */
export async function setup(): Promise<void> {
  if (chromiumPath !== undefined) await buildWeb(inRepository('.'), () => undefined);
}
