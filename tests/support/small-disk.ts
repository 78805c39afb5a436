import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own, in memory, that can be full or read-only. */
export interface SmallDisk extends Disposable {
  readonly path: string;
  /** From now on it takes so many KiB, and so many files and folders with itself; less than there is: nothing more. */
  resize(kibibytes: number, entries?: number): void;
  /** Not possible while a file in it is open for writing. */
  setReadOnly(isReadOnly: boolean): void;
}

const MANY = 10_000;

/** Rights do not bind root, and no limit on a process acts like a full disk: it has to be a file system. */
export function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', place]).status !== 0) return false;
    return spawnSync('umount', [place]).status === 0;
  } finally {
    rmSync(place, { recursive: true });
  }
}

export const NEEDS_MOUNT = ' (needs the right to mount)';

export function mountSmallDisk(): SmallDisk {
  const place = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const path = join(place, 'disk');
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', path]);
  const remount = (options: string): void => void execFileSync('mount', ['-o', `remount,${options}`, path]);
  return {
    path,
    resize: (kibibytes, entries = MANY) => remount(`size=${kibibytes}k,nr_inodes=${entries}`),
    setReadOnly: (isReadOnly) => remount(isReadOnly ? 'ro' : 'rw'),
    [Symbol.dispose]: () => {
      // Lazily: what a failed test left open in it must not keep it.
      execFileSync('umount', ['--lazy', path]);
      rmSync(place, { recursive: true });
    },
  };
}
