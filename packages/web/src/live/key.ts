// The key of the user, without which no program is driven: a tab has it until it is closed, and tells the other tabs of this browser.

import { isDaybookError } from 'daybook/client'
import { takeCode } from './code.ts'

const bearer = 'Bearer '
/** Taken before anything reads the address. */
const code = takeCode(location, history)
const name = 'daybook.key'
const listeners = new Set<() => void>()
/** What calls show by whom they are; the same object for ever. */
export const headers: Record<string, string> = {}

function keep(key: string): void {
  headers.authorization = bearer + key
  try {
    sessionStorage.setItem(name, key)
  } catch {
    // switched off in this browser: it is known as long as the page is open
  }
  for (const listener of listeners) listener()
}

function forget(): void {
  delete headers.authorization
  try {
    sessionStorage.removeItem(name)
  } catch {
    // nothing was kept
  }
}

function stored(): string | null {
  try {
    return sessionStorage.getItem(name)
  } catch {
    return null
  }
}

/** A cookie would go to every port of this machine; a channel stays with this one. */
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name)

export function giveKey(key: string): void {
  keep(key)
  tabs?.postMessage({ key })
}

/** Calls whenever there is a key that there was not. */
export function onKey(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A key that is none any more is forgotten; and what was refused is asked again by whom this tab is now, for the key may have come meanwhile. */
export async function keyedFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const { authorization: shown, ...others } = (init.headers ?? {}) as Record<string, string>
  const answer = await fetch(input, init)
  if (answer.status !== 401 && answer.status !== 403) return answer
  if (answer.status === 401 && shown !== undefined && headers.authorization === shown) forget()
  if (headers.authorization === shown) return answer
  return fetch(input, { ...init, headers: { ...others, ...headers } })
}

/**
 * A code that was used before tells nothing: then the key is the one that this tab had, or that another tab tells.
 * @param exchange the key for a code
 */
export async function startKey(exchange: (code: string) => Promise<string>): Promise<void> {
  tabs?.addEventListener('message', ({ data }: MessageEvent<{ key?: string }>) => {
    if (data.key !== undefined) keep(data.key)
    else if (headers.authorization !== undefined) tabs.postMessage({ key: headers.authorization.slice(bearer.length) })
  })
  const given = code === null ? null : await keyFor(code, exchange)
  if (given !== null) return giveKey(given)
  const known = stored()
  if (known !== null) keep(known)
  else tabs?.postMessage({})
}

async function keyFor(once: string, exchange: (code: string) => Promise<string>): Promise<string | null> {
  try {
    return await exchange(once)
  } catch (error) {
    if (isDaybookError(error)) return null // used before: who needs the key is asked for it
    throw error
  }
}
