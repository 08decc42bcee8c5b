// Tokens of a text without its tokenizer: by the script of its letters, corrected by what the model's family reported.

import { pdfType } from '../schema/media.ts'

/** Tokens of one character. Digits and signs of code stand nearly alone; a letter of a common script shares its token. */
const perLetter = {
  latin: 0.235,
  cyrillic: 0.42,
  wide: 0.95,
  other: 0.6,
  digit: 0.42,
  sign: 0.55,
  space: 0.06,
  line: 0.45,
}

const asciiTokens = Float64Array.from({ length: 128 }, (_, code) => {
  const letter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  if (letter) return perLetter.latin
  if (code >= 48 && code <= 57) return perLetter.digit
  if (code === 32) return perLetter.space
  return code === 10 ? perLetter.line : perLetter.sign
})

/** Uncorrected. */
export function roughTokens(text: string): number {
  let tokens = 0
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    tokens += code < 128 ? (asciiTokens[code] ?? 0) : beyond(code)
  }
  return tokens
}

function beyond(code: number): number {
  if (code < 0x250) return 0.5
  if (code >= 0x400 && code < 0x530) return perLetter.cyrillic
  if (code >= 0x2e80 && code < 0xd7b0) return perLetter.wide
  // Half of a pair: an emoji is two of them, and two to three tokens.
  if (code >= 0xd800 && code < 0xe000) return 1.2
  if (code >= 0xf900 && code < 0xfb00) return perLetter.wide
  return perLetter.other
}

/** What a message takes beside its text. */
export const messageTokens = 4
/** Of one image, as large as the large providers scale it down to. */
const imageTokens = 1_600
/** A page of a PDF, as text and as a picture; and bytes of one, with its share of what is drawn and of the letters' forms. */
const [pageTokens, pageBytes] = [3_000, 32 * 1024]

/** What a file takes that a model sees. */
export function fileTokens({ media_type, size = 0 }: { readonly media_type?: string; readonly size?: number }): number {
  return media_type === pdfType ? pageTokens * Math.max(1, Math.ceil(size / pageBytes)) : imageTokens
}

/** One report cannot turn what hundreds have said, and none can make the estimate absurd. */
const share = 0.15
const [least, most] = [0.5, 2]
/** Below this the framing of a call outweighs its text. */
const telling = 64
/** Reports that held, until the estimate is relied on; what counts as holding; and what shows that it does not hold any more. */
const [steady, holds, fails] = [3, 1.02, 1.1]

const within = (ratio: number): number => Math.min(most, Math.max(least, ratio))

/** What reports have taught about one family. */
export interface Learned {
  readonly ratio: number
  /** Reports that held one after the other, up to as many as it takes. */
  readonly held: number
}

/** Where that is kept. */
export interface Learning {
  known(family: string): Learned | undefined
  learned(family: string, learned: Learned): void
}

/** The estimates of one family of models. */
export class Estimator {
  #ratio: number
  #held: number
  readonly #onLearned: ((learned: Learned) => void) | undefined

  constructor({ ratio, held }: Learned = { ratio: 1, held: 0 }, onLearned?: (learned: Learned) => void) {
    this.#ratio = within(ratio)
    this.#held = held
    this.#onLearned = onLearned
  }

  /** How much more tokens there are than the uncorrected estimate says. */
  get ratio(): number {
    return this.#ratio
  }

  /** Reports have corrected it, until the last ones were hardly more than it said. */
  get corrected(): boolean {
    return this.#held >= steady
  }

  tokens(text: string): number {
    return Math.ceil(roughTokens(text) * this.#ratio)
  }

  /** A provider reported `tokens` for what was estimated, uncorrected, as `rough`. */
  reported(rough: number, tokens: number): void {
    if (rough < telling || tokens <= 0) return
    const seen = within(tokens / rough)
    if (seen > this.#ratio * fails) this.#held = 0
    else if (seen <= this.#ratio * holds) this.#held = Math.min(steady, this.#held + 1)
    this.#ratio = within(this.#ratio * (1 - share) + seen * share)
    this.#onLearned?.({ ratio: this.#ratio, held: this.#held })
  }
}

/** Models of a family share their tokenizer: those of a provider whose names begin with the same word. */
export function familyOf(provider: string, model: string): string {
  const own = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return `${provider}/${/^[a-z]+/.exec(own)?.[0] ?? own}`
}
