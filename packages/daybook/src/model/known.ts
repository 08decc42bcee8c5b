// What is known of models: context, longest answer, images, price. Data; the configuration may say otherwise.

export interface Known {
  /** `provider/model`, `*` stands for anything; the first row that fits counts. */
  readonly name: string
  readonly context: number
  readonly output: number
  readonly images: boolean
  /** US dollars for a million tokens in, out, and in from the cache. */
  readonly price?: readonly [input: number, output: number, cached?: number]
  /** The month of that price. */
  readonly priced?: string
}

export const known: readonly Known[] = [
  { name: 'ollama/*', context: 8_192, output: 4_096, images: false, price: [0, 0] },
]

/** What is assumed of a model that no row knows. */
export const unknownModel = { context: 32_768, output: 4_096, images: false } as const
