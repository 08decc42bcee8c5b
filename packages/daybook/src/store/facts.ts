// What an operator is told about the server that a store lives on: each thing it needs, how it is, and what to do.

export interface StoreFact {
  readonly about:
    | 'version'
    | 'role'
    | 'durability'
    | 'pooler'
    | 'connections'
    | 'features'
    | 'upkeep'
    | 'backup'
    | 'memory'
    | 'eviction'
    | 'cluster'
    /** Only where there is none yet: opening would make it. */
    | 'store'
  /** `bad`: a store does not open there, or its promises do not hold. */
  readonly state: 'ok' | 'bad'
  readonly detail: string
  /** What to do; with `ok` what could be better. */
  readonly next?: string
}
