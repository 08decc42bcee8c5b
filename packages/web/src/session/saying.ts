// Short lines about what was done here: shown for some seconds, and told to screen readers once.

import { announce } from '../parts/announce.tsx'

export interface Saying {
  readonly text: string
  readonly kind: 'news' | 'failure'
}

let current: Saying | null = null
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

function become(next: Saying | null): void {
  current = next
  for (const listener of listeners) listener()
}

export function say(text: string, kind: Saying['kind'] = 'news'): void {
  announce(text, kind === 'failure' ? 'urgent' : 'polite')
  clearTimeout(timer)
  become({ text, kind })
  timer = setTimeout(() => become(null), kind === 'failure' ? 10_000 : 4000)
}

export const sayings = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  get: (): Saying | null => current,
}
