import type { Clock, Random } from '@batonkit/kernel';
import type { Store } from '@batonkit/console-store';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { SecretBox } from '../../data/secret-box.ts';
import type { Events } from '../../events.ts';

/** What the handlers of the operations work with. */
export interface HandlerContext {
  store: Store;
  /** Files of syncs lie below it. */
  dataDir: string;
  catalogue: Catalogue;
  secretBox: SecretBox;
  events: Events;
  clock: Clock;
  random: Random;
  /** Origins on this machine that a connector may reach. */
  allowedOrigins: ReadonlySet<string>;
  /** Secrets that may stand in no line of the log. */
  hide: (secrets: Iterable<string>) => void;
  /** A run was asked for, or asked to stop. */
  wakeWorker: () => void;
}
