import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Change, TenantSettings } from './tenant.ts';

/** What a start leaves for the next one. */
export interface Saved extends TenantSettings {
  readonly assignments: 'embedded' | 'per-user';
  readonly maxLimit: number;
  readonly port: number;
  readonly adminToken: string;
}

/** The directory cannot be used: another simulator has it, or it holds something unreadable. */
export class UnusableData extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** `tenant.json` (how to make the tenant again) and `changes.jsonl` (what happened since), both readable by the owner only. */
export class DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;
  #log: number | undefined;

  constructor(path: string) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // An operating system's lock: it is gone with the process, however that ends.
    this.#lock = new DatabaseSync(join(path, 'lock.sqlite'));
    try {
      this.#lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (x)');
    } catch {
      this.#lock.close();
      throw new UnusableData(9, `Another simulator uses ${path}. End it, or name another directory with --data.`);
    }
  }

  settings(): Saved | undefined {
    const file = join(this.path, 'tenant.json');
    if (!existsSync(file)) return undefined;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Saved;
    } catch {
      throw new UnusableData(
        2,
        `${file} is not readable JSON. Name another directory with --data, or remove this one.`,
      );
    }
  }

  saveSettings(saved: Saved): void {
    const file = join(this.path, 'tenant.json');
    writeFileSync(`${file}.new`, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Reads the log. A last line without its end was being written when the process died: nobody was told of it, so it goes. */
  changes(): Change[] {
    const file = join(this.path, 'changes.jsonl');
    if (!existsSync(file)) return [];
    const bytes = readFileSync(file);
    const end = bytes.lastIndexOf(10) + 1;
    if (end < bytes.length) truncateSync(file, end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return lines.map((line, n) => {
      try {
        return JSON.parse(line) as Change;
      } catch {
        throw new UnusableData(2, `Line ${n + 1} of ${file} is not readable JSON.`);
      }
    });
  }

  append(change: Change): void {
    this.#log ??= openSync(join(this.path, 'changes.jsonl'), 'a', 0o600);
    writeSync(this.#log, `${JSON.stringify(change)}\n`);
  }

  close(): void {
    if (this.#log !== undefined) closeSync(this.#log);
    this.#log = undefined;
    if (this.#lock.isOpen) this.#lock.close();
  }
}
