// What the index needs of a PostgreSQL database: statements, and transactions that are sent again when a connection is lost.

export type Value = string | number | boolean | null
export type Rows = readonly (readonly unknown[])[]

/** Runs one statement: rows as arrays, `bigint` as numbers. */
export type Ask = (text: string, values?: readonly Value[]) => Promise<Rows>

/**
 * Fails with errors in the codes of daybook; `damaged` means that a table or the schema is not there. Whatever is sent may be sent
 * again after a lost connection.
 */
export interface Database {
  /** One statement in a transaction of its own. */
  readonly ask: Ask
  /** Statements of one transaction: all of them or none. */
  writing<T>(work: (ask: Ask) => Promise<T>): Promise<T>
  /** Idempotent. */
  close(): Promise<void>
}
