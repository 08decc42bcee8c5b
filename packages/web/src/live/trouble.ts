// What the page cannot do at the moment, known from the answers to what it writes: the store takes nothing, or the key of the user is missing.

import { onKey } from './key.ts'

export type Trouble = 'full' | 'readonly' | 'key'

let trouble: Trouble | null = null
const listeners = new Set<() => void>()

export function troubleNow(): Trouble | null {
  return trouble
}

export function onTrouble(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function become(next: Trouble | null): void {
  if (next === trouble) return
  trouble = next
  for (const listener of listeners) listener()
}

onKey(() => {
  if (trouble === 'key') become(null)
})

/** Where the reader wants to go on without what is missing. */
export function leaveTrouble(): void {
  become(null)
}

/** Looks at an answer before it is given on; what was written proves that the store takes it again. */
export async function watched(asked: Promise<Response>, method = 'GET'): Promise<Response> {
  const answer = await asked
  if (method === 'GET') return answer
  if (answer.ok) {
    if (trouble !== 'key') become(null)
  } else if (answer.status === 507) become('full')
  else if (answer.status === 503 && (await told(answer)).code === 'store_readonly') become('readonly')
  else if (answer.status === 403 && (await told(answer)).field === 'Authorization') become('key')
  return answer
}

interface Told {
  readonly code?: string
  /** Of a refusal that the key of the user would change: the header that brings it. */
  readonly field?: string
}

async function told(answer: Response): Promise<Told> {
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => null) // a proxy may refuse without a word of JSON
  return (body ?? {}) as Told
}
