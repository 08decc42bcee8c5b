// The language of this browser's reader: the one chosen here, else what the browser asks for.

import { preferences } from '../parts/preferences.ts'
import { type Language, languageOf } from './words.ts'

/** Read once: another choice takes effect by `location.reload()`, so that no text has to look whether it changed. */
export const language: Language = preferences.get('language') ?? languageOf(navigator.languages)
