// The words of copying in what other agents left, loaded with it.

import { language } from '../i18n/language.ts'
import { wordsOf } from '../i18n/words.ts'

const words = wordsOf({
  en: () => import('./en.ts'),
  ru: () => import('./ru.ts'),
  zh: () => import('./zh.ts'),
})

export const { t } = words

/** Awaited by the module of the card, before it draws anything. */
export const loaded: Promise<void> = words.load(language)
