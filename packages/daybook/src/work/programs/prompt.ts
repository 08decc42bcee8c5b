// What a run asks of a program: the text of its prompt and the images that belong to it.

import type { Json, JsonObject } from '../../schema/json.ts'
import { RunFailure } from '../failure.ts'

export interface Asked {
  readonly text: string
  /** Absolute paths. */
  readonly images: readonly string[]
}

/** A text, or an object with `text` and `images`. A {@link RunFailure} `refused` for anything else. */
export function promptOf(input: Json | undefined): Asked {
  if (typeof input === 'string') return { text: plain(input), images: [] }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    const { text, images = [], ...others } = input as JsonObject
    const [other] = Object.keys(others)
    if (other !== undefined) throw refused(`a prompt has no ${other}`)
    if (typeof text === 'string' && Array.isArray(images) && images.every((path) => typeof path === 'string')) {
      return { text: plain(text), images }
    }
  }
  throw refused('a prompt is a text, or an object with a text and the paths of images')
}

function plain(text: string): string {
  if (text.includes('\0')) throw refused('a prompt cannot hold the character NUL')
  if (text.trim() === '') throw refused('a prompt cannot be empty')
  return text
}

function refused(message: string): RunFailure {
  return new RunFailure('refused', message, 'invalid')
}
