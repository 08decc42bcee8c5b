// Tokens of a text without its tokenizer: by the script of its letters, corrected by what the model's family reported.

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
export const imageTokens = 1_600

/** One report cannot turn what hundreds have said, and none can make the estimate absurd. */
const share = 0.15
const [least, most] = [0.5, 2]
/** Below this the framing of a call outweighs its text. */
const telling = 64
/** Reports that held, until the estimate is relied on; what counts as holding; and what shows that it does not hold any more. */
const [steady, holds, fails] = [3, 1.02, 1.1]

/** The estimates of one family of models. */
export class Estimator {
  #ratio = 1
  #held = 0

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
    const seen = Math.min(most, Math.max(least, tokens / rough))
    if (seen > this.#ratio * fails) this.#held = 0
    else if (seen <= this.#ratio * holds) this.#held += 1
    this.#ratio = Math.min(most, Math.max(least, this.#ratio * (1 - share) + seen * share))
  }
}

/** Models of a family share their tokenizer: those of a provider whose names begin with the same word. */
export function familyOf(provider: string, model: string): string {
  const own = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  return `${provider}/${/^[a-z]+/.exec(own)?.[0] ?? own}`
}
