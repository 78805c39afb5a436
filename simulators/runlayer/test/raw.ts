import { expect } from 'vitest';

import type { Answered, Simulator } from './simulator.ts';

export type Row = Record<string, unknown>;

/** What a row of a table looks at: the raw answers of the simulator with one behaviour in force. */
export type Looks = Readonly<Record<string, (from: Simulator) => Promise<unknown>>>;

export const bodyOf = async (from: Simulator, path: string): Promise<Row> => {
  const { status, json } = await from.get(path);
  expect([path, status]).toEqual([path, 200]);
  return json as Row;
};

export const rowsOf = async (from: Simulator, path: string, key = 'data'): Promise<Row[]> =>
  (await bodyOf(from, path))[key] as Row[];

/** Every user, on one page. */
export const users = (from: Simulator): Promise<Row[]> => rowsOf(from, '/users?limit=1000');

export const roles = (from: Simulator): Promise<Row[]> => rowsOf(from, '/roles');

/** The keys of the first user. */
export const keysOf = async (from: Simulator): Promise<string[]> => Object.keys((await users(from))[0]!);

/** Every embedded assignment. */
export const items = async (from: Simulator): Promise<unknown[]> =>
  (await users(from)).flatMap((row) => row['roles'] as unknown[]);

/** Asserts where a path sends to. */
export async function sent(from: Simulator, path: string, status: number, location: string): Promise<void> {
  const answer = await from.get(path);
  expect([answer.status, answer.headers.get('location')]).toEqual([status, location]);
}

export const statusOf = async (from: Simulator, path: string): Promise<number> => (await from.get(path)).status;

/** Asserts that a list is at a path, and nothing at the usual one. */
export const moved =
  (path: string, usual: string, status = 404) =>
  async (from: Simulator): Promise<void> => {
    expect(await statusOf(from, path)).toBe(200);
    expect(await statusOf(from, usual)).toBe(status);
  };

export const header = ({ headers }: Answered, name: string): string | null => headers.get(name);
