// Heads as values: parsed once per text and shared, for lists that are asked for again and again.

import { DaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'

interface Kept {
  readonly text: string
  readonly head: Head
}

/** Heads kept per connection, about 3 KB each. */
const most = 2000

export class Heads {
  readonly #kept = new Map<number, Kept>()

  /** The head in `text` of session `sid`, frozen to its depth. The text decides, so nothing stale is ever answered. */
  of(sid: number, text: string): Head {
    const kept = this.#kept.get(sid)
    if (kept?.text === text) return kept.head
    const head = freeze(parsed(text))
    this.#kept.delete(sid)
    this.#kept.set(sid, { text, head })
    if (this.#kept.size > most) this.#kept.delete(this.#kept.keys().next().value ?? sid)
    return head
  }
}

function parsed(text: string): Head {
  try {
    return JSON.parse(text) as Head
  } catch (cause) {
    throw new DaybookError('damaged', 'a stored head is not JSON', { cause })
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
