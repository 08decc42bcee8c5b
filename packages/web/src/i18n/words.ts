// Words of the page in three languages: dictionaries that are loaded when they are needed, and what fills their gaps.

export const languages = ['en', 'ru', 'zh'] as const
export type Language = (typeof languages)[number]

/** The forms of a text that counts, by the plural categories of its language; `other` stands for those that are missing. */
export type Forms = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>
export type Dictionary = Readonly<Record<string, string | Forms>>

/** What a dictionary in another language has to have, given the English one. */
export type SameAs<D extends Dictionary> = { readonly [K in keyof D]: D[K] extends string ? string : Forms }

export type Values = Readonly<Record<string, string | number>>

export interface Words<D extends Dictionary> {
  /** Must have ended before the first text is asked for. Loads nothing twice. */
  load(language: Language): Promise<void>
  /** `{n}` in a text becomes the value of that name; numbers as the language writes them. Forms are chosen by the value `n`. */
  t(key: keyof D & string, values?: Values): string
}

type Loaders<D extends Dictionary> = {
  readonly [L in Language]: () => Promise<{ readonly dictionary: L extends 'en' ? D : SameAs<D> }>
}

/** The words of one part of the page; the other languages are modules of their own, each loaded only for whoever reads it. */
export function wordsOf<D extends Dictionary>(loaders: Loaders<D>): Words<D> {
  let dictionary: Dictionary | null = null
  let loaded: Language | null = null
  let rules = new Intl.PluralRules('en')
  let numbers = new Intl.NumberFormat('en')
  return {
    async load(language) {
      if (loaded === language) return
      dictionary = (await loaders[language]()).dictionary
      loaded = language
      rules = new Intl.PluralRules(language)
      numbers = new Intl.NumberFormat(language)
    },
    t(key, values = {}) {
      const text = dictionary?.[key]
      if (text === undefined) throw new Error(`no text ${key}: are its words loaded?`)
      const form = typeof text === 'string' ? text : (text[rules.select(Number(values.n))] ?? text.other)
      return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
        const value = values[name]
        return value === undefined ? whole : typeof value === 'number' ? numbers.format(value) : value
      })
    },
  }
}

/** The first language of the reader that there are words in; English for all others. */
export function languageOf(wanted: readonly string[]): Language {
  for (const one of wanted) {
    const known = languages.find((language) => one.toLowerCase().split('-')[0] === language)
    if (known) return known
  }
  return 'en'
}
