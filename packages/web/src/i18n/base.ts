// The words that every screen may need; those of the session screen are its own.

import { wordsOf } from './words.ts'

export const base = wordsOf({
  en: () => import('./en.ts'),
  ru: () => import('./ru.ts'),
  zh: () => import('./zh.ts'),
})

export const { t } = base
