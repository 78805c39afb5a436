/** One row of an answer; numbers, bigints and counts are numbers, instants are RFC 3339 texts. */
export type Row = Record<string, unknown>;

/** Where SQL can be sent: the database, or one transaction of it. Readers take this. */
export interface Queryable {
  /**
   * @param sql plain SQL with `$1` … for values
   * @throws BatonError `BK-DB-NESTED` when the pool is used inside a transaction
   */
  query<R extends object = Row>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** The store's clock as an instant. */
  now(): string;
  /** A new public id (KSUID). */
  newId(): string;
}

/** Writers take this, so that what belongs together is committed together. */
export interface Transaction extends Queryable {
  readonly inTransaction: true;
}

export interface Db extends Queryable {
  readonly inTransaction: false;
  /** Runs the work in one transaction; commits when it returns, rolls back when it throws. */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}
