// What one browser remembers about how the page is read: theme, language, keys. Nothing of it is data of sessions.

import type { AdoptionShape } from 'daybook/client'
import type { Language } from '../i18n/words.ts'

/** Copying in what other agents left, as somebody said yes to it here. */
export interface AskedAdoption {
  /** Of the request: the same one goes on under it. */
  readonly key: string
  readonly agents: readonly string[]
  readonly follow: boolean
  /** How it ended: then nothing is asked any more. */
  readonly ended?: AdoptionShape
}

export interface Preferences {
  readonly theme: 'light' | 'dark'
  readonly language: Language
  /** Single letters do something; default yes. */
  readonly letters: boolean
  /** Other keys than the given ones, by the name of what they do. */
  readonly keys: Readonly<Record<string, string>>
  /** Enter breaks the line and Ctrl+Enter sends; default no. */
  readonly enterBreaks: boolean
  /** A notification for each new request; default no. */
  readonly notify: boolean
  /** Milliseconds since 1970 when Home was looked at before this visit. */
  readonly lookedAt: number
  /** Files of other agents that the reader does not want to copy now. */
  readonly foundFiles: number
  /** Until its end was seen. */
  readonly adoption: AskedAdoption
}

type Listener = () => void
const listeners = new Set<Listener>()
const prefix = 'daybook.'
/** What a browser that stores nothing keeps as long as the page is open. */
const kept = new Map<string, string>()

function stored(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name)
  } catch {
    return kept.get(name) ?? null // storage is switched off in this browser: the page works without
  }
}

function store(name: string, text: string | null): void {
  if (text === null) kept.delete(name)
  else kept.set(name, text)
  try {
    if (text === null) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, text)
  } catch {
    // switched off or full: it holds until the page is closed
  }
}

export const preferences = {
  get<N extends keyof Preferences>(name: N): Preferences[N] | undefined {
    const text = stored(name)
    if (text === null) return undefined
    try {
      return JSON.parse(text) as Preferences[N]
    } catch {
      return undefined // written by something else
    }
  },
  set<N extends keyof Preferences>(name: N, value: Preferences[N] | undefined): void {
    store(name, value === undefined ? null : JSON.stringify(value))
    for (const listener of listeners) listener()
  },
  /** Calls after each change, also those of other tabs. */
  onChange(listener: Listener): () => void {
    listeners.add(listener)
    window.addEventListener('storage', listener)
    return () => {
      listeners.delete(listener)
      window.removeEventListener('storage', listener)
    }
  },
}
