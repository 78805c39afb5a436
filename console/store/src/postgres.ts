import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import type { Clock } from '@batonkit/kernel';
import type { Db, Row, Transaction } from './db.ts';
import { fail } from './errors.ts';

const INT8 = 20;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;

// `pg` gives bigints as text and instants as Date; counts and ids of ours fit a number.
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8 || oid === NUMERIC) return Number;
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    return pg.types.getTypeParser(oid, format ?? 'text') as unknown;
  }) as typeof pg.types.getTypeParser,
};

/** A `Db` over the `pg` driver. Disposing closes its connections. */
export class PostgresDb implements Db, AsyncDisposable {
  readonly inTransaction = false;
  private readonly pool: pg.Pool;
  private readonly clock: Clock;
  private readonly makeId: () => string;
  private readonly current = new AsyncLocalStorage<{ open: boolean }>();

  constructor(options: { host: string; port: number; connections: number; clock: Clock; newId: () => string }) {
    this.clock = options.clock;
    this.makeId = options.newId;
    this.pool = new pg.Pool({
      host: options.host,
      port: options.port,
      user: 'postgres',
      database: 'postgres',
      max: options.connections,
      idleTimeoutMillis: 0,
      types,
    });
    // A connection that breaks while idle is made anew at the next query; that query tells if it cannot be.
    this.pool.on('error', () => {});
  }

  now(): string {
    return new Date(this.clock.now()).toISOString();
  }

  newId(): string {
    return this.makeId();
  }

  async query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<R[]> {
    this.refuseNested();
    return run<R>(this.pool, sql, params);
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.refuseNested();
    const client = await this.pool.connect();
    const scope = { open: true };
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const tx: Transaction = {
        inTransaction: true,
        now: () => this.now(),
        newId: () => this.newId(),
        query: async <R extends object = Row>(sql: string, params?: readonly unknown[]) => {
          if (!scope.open) throw fail('BK-DB-NESTED', {});
          return run<R>(client, sql, params);
        },
      };
      const result = await this.current.run(scope, () => work(tx));
      scope.open = false;
      await client.query('commit');
      return result;
    } catch (error) {
      scope.open = false;
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.end();
  }

  // On the embedded database a query beside an open transaction waits for it for ever; on a server it would
  // silently not see what the transaction wrote. Both are mistakes, so both databases refuse.
  private refuseNested(): void {
    if (this.current.getStore()?.open === true) throw fail('BK-DB-NESTED', {});
  }
}

async function run<R extends object>(
  target: pg.Pool | pg.PoolClient,
  sql: string,
  params: readonly unknown[] | undefined,
): Promise<R[]> {
  // Without values `pg` takes the simple protocol, which a migration of several statements needs.
  const result = params === undefined ? await target.query<R>(sql) : await target.query<R>(sql, [...params]);
  return result.rows;
}
