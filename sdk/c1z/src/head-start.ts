import { ContentDigest } from './content-digest.ts';
import type { DataTable } from './columns.ts';
import type { WorkDatabase } from './work-database.ts';

/**
 * What a thread does while it waits for rows. Grants come last: with the first of them the other tables are complete, so
 * their indexes are made and their rows digested. A row that comes for them after all makes it in vain, not wrong.
 */
export class HeadStart {
  private digest: ContentDigest | undefined;
  private steps: Generator<void> | undefined;
  private isOver = false;

  /**
   * Before rows of these tables are stored.
   *
   * @throws BatonError `BK-C1Z-DUPLICATE`
   */
  see(tables: readonly DataTable[], database: WorkDatabase): void {
    if (this.isOver || tables.length === 0) return;
    const hasOthers = tables.some((table) => table !== 'v1_grants');
    if (this.digest !== undefined && hasOthers) {
      this.isOver = true;
      this.digest = undefined;
      this.steps = undefined;
    } else if (this.digest === undefined && !hasOthers) {
      database.flush();
      database.indexBeforeGrants();
      this.digest = new ContentDigest(database.sync.id);
      this.steps = this.digest.take(database.connection, 'v1_grants');
    }
  }

  /** A short piece of it. @returns whether there is more */
  step(): boolean {
    return this.steps?.next().done === false;
  }

  /** What was digested; nothing more is done here. */
  end(): ContentDigest | undefined {
    this.steps = undefined;
    return this.digest;
  }
}
