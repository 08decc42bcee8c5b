// What is known of models: context, longest answer, images, price. Data; `model_facts` of the configuration says otherwise.

export interface Known {
  /** `provider/model`, `*` stands for anything; the first row that fits counts. */
  readonly name: string
  /** Tokens. Where a longer question costs more for each token it ends there, so that the price is the true one. */
  readonly context: number
  readonly output: number
  readonly images: boolean
  /** US dollars for a million tokens in, out, in from the cache, and in to be put there; absent: not known here. */
  readonly price?: readonly [input: number, output: number, cached?: number, written?: number]
  /** The month in which that was its price. */
  readonly priced?: string
}

const row = (
  name: string,
  context: number,
  output: number,
  images: boolean,
  priced?: string,
  price?: Known['price'],
) => ({
  name,
  context,
  output,
  images,
  ...(price ? { price } : {}),
  ...(priced ? { priced } : {}),
})

/** Longer names stand before shorter ones that they begin with. */
export const known: readonly Known[] = [
  row('anthropic/claude-opus-4-6*', 200_000, 128_000, true, '2026-03', [5, 25, 0.5, 6.25]),
  row('anthropic/claude-opus-4-5*', 200_000, 64_000, true, '2026-03', [5, 25, 0.5, 6.25]),
  row('anthropic/claude-opus-4-1*', 200_000, 32_000, true, '2026-03', [15, 75, 1.5, 18.75]),
  row('anthropic/claude-opus-4-0*', 200_000, 32_000, true, '2026-03', [15, 75, 1.5, 18.75]),
  row('anthropic/claude-opus-4-2025*', 200_000, 32_000, true, '2026-03', [15, 75, 1.5, 18.75]),
  row('anthropic/claude-sonnet-4*', 200_000, 64_000, true, '2026-03', [3, 15, 0.3, 3.75]),
  row('anthropic/claude-haiku-4-5*', 200_000, 64_000, true, '2026-03', [1, 5, 0.1, 1.25]),
  row('anthropic/claude-3-7-sonnet*', 200_000, 64_000, true, '2025-10', [3, 15, 0.3, 3.75]),
  row('anthropic/claude-3-5-haiku*', 200_000, 8_192, true, '2025-10', [0.8, 4, 0.08, 1]),
  row('anthropic/claude-3-haiku*', 200_000, 4_096, true, '2026-03', [0.25, 1.25, 0.03, 0.3125]),
  row('anthropic/*', 200_000, 32_000, true),

  row('openai/gpt-5.4-pro*', 272_000, 128_000, true, '2026-03', [30, 180]),
  row('openai/gpt-5.4-*', 272_000, 128_000, true),
  row('openai/gpt-5.4', 272_000, 128_000, true, '2026-03', [2.5, 15]),
  row('openai/gpt-5.2-pro*', 400_000, 128_000, true),
  row('openai/gpt-5.2*', 400_000, 128_000, true, '2026-05', [1.75, 14, 0.175]),
  row('openai/gpt-5.1*', 400_000, 128_000, true, '2026-05', [1.25, 10, 0.125]),
  row('openai/gpt-5-pro*', 400_000, 128_000, true, '2026-05', [15, 120]),
  row('openai/gpt-5-mini*', 400_000, 128_000, true, '2025-10', [0.25, 2, 0.025]),
  row('openai/gpt-5-nano*', 400_000, 128_000, true, '2025-10', [0.05, 0.4, 0.005]),
  row('openai/gpt-5-chat*', 128_000, 16_384, true, '2025-10', [1.25, 10, 0.125]),
  row('openai/gpt-5-*', 400_000, 128_000, true),
  row('openai/gpt-5', 400_000, 128_000, true, '2026-05', [1.25, 10, 0.125]),
  row('openai/gpt-5.*', 272_000, 128_000, true),
  row('openai/gpt-4.1-nano*', 1_047_576, 32_768, true, '2025-10', [0.1, 0.4, 0.025]),
  row('openai/gpt-4.1-mini*', 1_047_576, 32_768, true, '2025-10', [0.4, 1.6, 0.1]),
  row('openai/gpt-4.1*', 1_047_576, 32_768, true, '2025-10', [2, 8, 0.5]),
  row('openai/gpt-4o-mini*', 128_000, 16_384, true, '2025-10', [0.15, 0.6, 0.075]),
  row('openai/gpt-4o*', 128_000, 16_384, true, '2025-10', [2.5, 10, 1.25]),
  row('openai/o4-mini*', 200_000, 100_000, true, '2025-10', [1.1, 4.4, 0.275]),
  row('openai/o3-mini*', 200_000, 100_000, false, '2025-10', [1.1, 4.4, 0.55]),
  row('openai/o3', 200_000, 100_000, true, '2025-10', [2, 8, 0.5]),
  row('openai/*', 128_000, 16_384, true),

  row('google/gemini-3-pro*', 200_000, 65_536, true, '2025-11', [2, 12, 0.2]),
  row('google/gemini-2.5-pro*', 200_000, 65_536, true, '2025-10', [1.25, 10, 0.125]),
  row('google/gemini-2.5-flash-lite*', 1_048_576, 65_536, true, '2025-10', [0.1, 0.4, 0.01]),
  row('google/gemini-2.5-flash*', 1_048_576, 65_536, true, '2025-10', [0.3, 2.5, 0.03]),
  row('google/gemini-2.0-flash*', 1_048_576, 8_192, true, '2025-10', [0.1, 0.4, 0.025]),
  row('google/*', 200_000, 32_768, true),

  row('deepseek/deepseek-chat', 128_000, 8_192, false, '2025-10', [0.28, 0.42, 0.028]),
  row('deepseek/deepseek-reasoner', 128_000, 65_536, false, '2025-10', [0.28, 0.42, 0.028]),
  row('deepseek/*', 128_000, 8_192, false),

  // Of this machine: they cost nothing for a token. How much they take is set where they run.
  row('ollama/*', 8_192, 4_096, false, '2026-03', [0, 0]),
  row('lmstudio/*', 8_192, 4_096, false, '2026-03', [0, 0]),
  row('vllm/*', 32_768, 4_096, false, '2026-03', [0, 0]),
]

/** What is assumed of a model that no row knows. */
export const unknownModel = { context: 32_768, output: 4_096, images: false } as const
