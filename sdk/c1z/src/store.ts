import { setImmediate as turn } from 'node:timers/promises';
import type { RowCounts } from './count-rows.ts';
import type { ExpansionProgress } from './expansion/expansion-progress.ts';
import type { Expansion } from './expansion/expansion.ts';
import { proveFinished } from './prove-finished.ts';
import type { EncodedBatch, WorkDatabase } from './work-database.ts';

/** Where encoded rows go: into a database in this thread or in another. */
export interface Store {
  /** Rows and checkpoint in one transaction. After an error nothing more is taken, so that no rows are missing in between. */
  commit(batch: EncodedBatch): Promise<void>;
  /** One step of giving grants to the members of groups; to be called until it is done, after all rows. */
  expand(discoveredAt: string): Promise<ExpansionProgress>;
  /** Ends the sync; the database is whole and closed then. */
  end(endedAt: number): Promise<RowCounts>;
  /** References are checked, and the content digest is made, after the end. */
  digest(): Promise<string>;
  /** Closes what is open; what was committed stays. */
  close(): Promise<void>;
}

/** A store in this thread: enough for small syncs, for which another thread costs more than it gives. */
export class LocalStore implements Store {
  private readonly database: WorkDatabase;
  private readonly path: string;
  private expansion: Expansion | undefined;

  constructor(database: WorkDatabase, path: string) {
    this.database = database;
    this.path = path;
  }

  async commit(batch: EncodedBatch): Promise<void> {
    this.database.commit(batch);
    await turn();
  }

  async expand(discoveredAt: string): Promise<ExpansionProgress> {
    // Few syncs have any.
    const { Expansion } = await import('./expansion/expansion.ts');
    const { connection, sync } = this.database;
    this.expansion ??= new Expansion(connection, sync.id, this.path);
    const progress = this.expansion.step(discoveredAt);
    await turn();
    return progress;
  }

  async end(endedAt: number): Promise<RowCounts> {
    const steps = this.database.end(endedAt);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      await turn();
    }
  }

  async digest(): Promise<string> {
    return await proveFinished(this.path, this.database.sync);
  }

  async close(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }
}
