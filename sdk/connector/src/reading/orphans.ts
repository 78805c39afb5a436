import type { KnownList } from './known-list.ts';
import type { OpenPass } from './open-pass.ts';
import type { Taken } from './plan.ts';
import type { Tag } from './spool.ts';

/** Rows of one list that need a member which its own list does not have. */
export class Orphans {
  private readonly pass: OpenPass;
  private readonly list: KnownList;
  /** By list and member that is missing: how many rows need it. */
  private readonly missing = new Map<string, Tag & { rows: number }>();
  /** More than one per cent of a list: that is no accident. */
  isTooMany = false;

  constructor(pass: OpenPass, list: KnownList) {
    this.pass = pass;
    this.list = list;
  }

  /** Whether a row is an orphan, and with whose rows it would be replaced. */
  look(
    id: string,
    taken: Exclude<Taken, 'wrong-plan'>,
    isTagged: boolean,
  ): { isOrphan: boolean; tag: Tag | undefined } {
    const { plan, lists } = this.pass.ground;
    let tag: Tag | undefined = isTagged ? { of: this.list.name, id } : undefined;
    if (plan.refersTo === undefined) return { isOrphan: false, tag };
    let isOrphan = false;
    const { carries } = taken;
    const lookAt = (name: string, member: string): void => {
      const needs = plan.refersTo?.(name, member) ?? {};
      for (const of of Object.keys(needs)) {
        const needed = needs[of] ?? '';
        if (isTagged) tag = { of, id: needed };
        if (of === this.list.name || lists.of(of).members.has(needed)) continue;
        isOrphan = true;
        this.miss(of, needed);
      }
    };
    lookAt(this.list.name, id);
    if (carries !== undefined)
      for (const name of Object.keys(carries)) for (const member of carries[name] ?? []) lookAt(name, member);
    return { isOrphan, tag };
  }

  private miss(of: string, id: string): void {
    const { missing } = this;
    const key = `${of}\n${id}`;
    const known = missing.get(key);
    if (known === undefined) missing.set(key, { of, id, rows: 1 });
    else known.rows++;
    // One is always allowed, whatever the size.
    this.isTooMany ||= missing.size > Math.max(1, this.pass.ground.lists.of(of).members.size / 100);
  }

  /**
   * At the end of the list: reads each missing member by itself. Gone, its rows are dropped and counted;
   * there, one more pass must find it.
   */
  async settle(): Promise<void> {
    const { pass, list, missing } = this;
    const { plan, signal } = pass.ground;
    const found = new Map<string, number>();
    let vanished = 0;
    for (const { of, id, rows } of missing.values()) {
      if (plan.settle === undefined) pass.void(of);
      else if ((await plan.settle(of, id, signal)) === 'gone') vanished += rows;
      else found.set(of, (found.get(of) ?? 0) + 1);
    }
    // Each pass finds them anew.
    list.evidence.vanished = Math.max(list.evidence.vanished, vanished);
    for (const [of, members] of found) pass.faults.push({ kind: 'orphans', list: list.name, of, members });
  }
}
