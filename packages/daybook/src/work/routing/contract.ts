// What the routing of free text to a skill takes and answers.

/** The texts of a skill that routing reads; ids are unique within one router. */
export interface Routable {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly tags: readonly string[]
}

export type Field = 'id' | 'name' | 'description' | 'tags'

/** How a word was recognised: as it stands, in another form, misspelled, or by meaning. */
export type Match = 'exact' | 'form' | 'typo' | 'synonym'

/** One word of the query that speaks for a skill, and the place in the skill that it was found in. */
export interface Reason {
  /** Part of the query, as written. */
  readonly word: string
  readonly field: Field
  /** Part of that field of the skill, as written. */
  readonly term: string
  readonly match: Match
}

export interface Candidate {
  readonly id: string
  /** From 0 to 1, in hundredths. */
  readonly confidence: number
  /** At least one, in the order of the query. */
  readonly why: readonly Reason[]
}

export interface Routing {
  /** The id of the skill that fits; null when none does, which is an answer and no error. */
  readonly skill: string | null
  /** From 0 to 1, in hundredths: that of the skill, or of the best candidate that was not good enough; 0 without any. */
  readonly confidence: number
  /** Empty when nothing fits. */
  readonly why: readonly Reason[]
  /** At most 5, best first, without the chosen one. */
  readonly alternatives: readonly Candidate[]
}

export interface Router {
  /** Never throws; reads at most the first 4,096 UTF-16 units and 64 words of the query. */
  route(query: string): Routing
}
