// What a run asks of a program: the text of its prompt, the images that belong to it, and how it is to be given.

import type { Json, JsonObject } from '../../schema/json.ts'
import { type DriverName, driverNames } from '../../schema/states.ts'
import { RunFailure } from '../failure.ts'

export interface Asked {
  /** Null: its process is only opened. */
  readonly text: string | null
  /** Absolute paths. */
  readonly images: readonly string[]
  /** Null: the one that the session is bound to, else the first that there is. */
  readonly driver: DriverName | null
}

/**
 * A text, or an object with `text`, `images` and `driver`; without a text but with `open: true` no prompt is given. A
 * {@link RunFailure} `refused` for anything else.
 */
export function promptOf(input: Json | undefined): Asked {
  if (typeof input === 'string') return { text: plain(input), images: [], driver: null }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw refused(form)
  const { text, images = [], driver = null, open, ...others } = input as JsonObject
  const [other] = Object.keys(others)
  if (other !== undefined) throw refused(`a prompt has no ${other}`)
  if (driver !== null && !driverNames.some((name) => name === driver)) throw refused(`there is no driver ${driver}`)
  const chosen = driver as DriverName | null
  if (open === true && text === undefined && Array.isArray(images) && images.length === 0) {
    return { text: null, images: [], driver: chosen }
  }
  if (open !== undefined || typeof text !== 'string' || !Array.isArray(images)) throw refused(form)
  if (!images.every((path) => typeof path === 'string')) throw refused(form)
  return { text: plain(text), images, driver: chosen }
}

/** Whether a program is only to be opened: nothing is said to it then. */
export function isOpening(input: Json | undefined): boolean {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return false
  const { open, ...others } = input as JsonObject
  return open === true && Object.keys(others).every((field) => field === 'driver')
}

const form = 'a prompt is a text, or an object with a text and the paths of images'

function plain(text: string): string {
  if (text.includes('\0')) throw refused('a prompt cannot hold the character NUL')
  if (text.trim() === '') throw refused('a prompt cannot be empty')
  return text
}

function refused(message: string): RunFailure {
  return new RunFailure('refused', message, 'invalid')
}
