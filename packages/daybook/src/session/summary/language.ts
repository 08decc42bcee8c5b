// Which of the three languages a text is mainly in, told from its letters.

export const languages = ['en', 'ru', 'zh'] as const
export type Language = (typeof languages)[number]

/** A Chinese sign says about as much as three letters; Latin words stand in texts of every language. */
const weights: Readonly<Record<Language, number>> = { en: 1, ru: 1.5, zh: 3 }

/** Adds texts up; of each the first 2,000 UTF-16 units. */
export class LanguageCount {
  readonly #letters: Record<Language, number> = { en: 0, ru: 0, zh: 0 }

  add(text: string): void {
    const until = Math.min(text.length, 2000)
    for (let at = 0; at < until; at++) {
      const code = text.charCodeAt(at) | 0
      if (code < 0x250) {
        const lower = code | 0x20
        if (lower >= 0x61 && lower <= 0x7a) this.#letters.en += 1
      } else if (code >= 0x400 && code < 0x530) this.#letters.ru += 1
      else if (code >= 0x3400 && code < 0xa000) this.#letters.zh += 1
    }
  }

  /** English when there are no letters. */
  get main(): Language {
    const score = (language: Language) => this.#letters[language] * weights[language]
    return languages.reduce((best, each) => (score(each) > score(best) ? each : best))
  }
}

export function languageOf(text: string): Language {
  const count = new LanguageCount()
  count.add(text)
  return count.main
}
