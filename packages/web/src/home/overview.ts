// The bands as they are now, for every screen: the title counts them, the keys go through them, Home shows them.

import type { FeedItemShape, SessionShape } from 'daybook/client'
import { useSyncExternalStore } from 'react'
import { queries } from '../app/queries.ts'
import { t } from '../i18n/base.ts'
import { client } from '../live/client.ts'
import { live, onFeed } from '../live/live.ts'
import { announce } from '../parts/announce.tsx'
import { notify } from '../parts/notify.ts'
import { titleOf } from '../parts/session-text.ts'
import { setNeeding } from '../parts/title.ts'
import { type Bands, bandsOf, noBands, withHead, withPin } from './board.ts'

export interface Overview {
  readonly bands: Bands
  /** False until the lists were read once. */
  readonly read: boolean
  readonly error: unknown
}

/** Of a band; what is beyond is reached through the list below it. */
const most = 200

let now: Overview = { bands: noBands, read: false, error: null }
let known: SessionShape[] = []
let reading = false
let again = false
let frame: number | undefined
const watchers = new Set<() => void>()

function become(next: Partial<Overview>): void {
  now = { ...now, ...next }
  setNeeding(now.bands.needs.length)
  // At most one drawing per frame, however much the feed tells; a hidden page draws no frames.
  if (frame !== undefined) return
  const draw = (): void => {
    frame = undefined
    for (const watcher of watchers) watcher()
  }
  frame = document.hidden ? (setTimeout(draw, 100) as unknown as number) : requestAnimationFrame(draw)
}

async function read(): Promise<void> {
  if (reading) {
    again = true
    return
  }
  reading = true
  known = []
  try {
    await live().ready
    const [needs, running, waiting, queued, pinned] = await Promise.all([
      client.list({ attention: true, limit: most }),
      client.list({ status: 'running', limit: most }),
      client.list({ status: 'waiting', limit: most }),
      client.list({ status: 'queued', limit: most }),
      client.list({ pinned: true, limit: most }),
    ])
    const busy = [running, waiting, queued].flatMap(({ sessions }) => sessions)
    const lists = { needs: needs.sessions, running: busy, pinned: pinned.sessions }
    become({ bands: bandsOf(lists, known), read: true, error: null })
  } catch (error) {
    become({ error })
  } finally {
    reading = false
  }
  if (again) {
    again = false
    await read()
  }
}

/** One that waits for the reader since this very item. */
function tell(session: SessionShape, before: SessionShape | undefined): void {
  const { attention } = session
  if (!attention) return
  if (before?.attention?.since === attention.since && before.attention.id === attention.id) return
  const text = t('nowNeeds', { title: titleOf(session), what: attention.summary })
  announce(text, 'urgent')
  notify(attention.id ?? `${session.session_id} ${attention.since}`, text, session.session_id)
}

function take({ session }: FeedItemShape): void {
  if (!session) return
  if (reading) known.push(session)
  const before = now.bands.needs.find((one) => one.session_id === session.session_id)
  if (before?.attention || session.attention) void queries.invalidateQueries({ queryKey: ['approvals'] })
  if (now.read) tell(session, before)
  become({ bands: withHead(now.bands, session) })
}

/** Somebody pinned on another device: few are pinned, so all of them are read. */
async function readPins(): Promise<void> {
  const { sessions } = await client.list({ pinned: true, limit: most })
  become({ bands: { ...now.bands, pinned: sessions } })
}

function fail(error: unknown): void {
  become({ error })
}

let started = false
function start(): void {
  if (started) return
  started = true
  onFeed(take)
  live().on('marks', () => readPins().catch(fail))
  live().on('again', () => void read())
  void read()
}

function watch(watcher: () => void): () => void {
  start()
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function useOverview(): Overview {
  return useSyncExternalStore(watch, () => now)
}

/** Reads everything anew, after an error was shown. */
export function readAgain(): void {
  void read()
}

/** At once for the eye; the server is told, and when it refuses, the pin is taken back and the reason thrown. */
export async function pin(session: SessionShape, pinned: boolean, tellServer: () => Promise<unknown>): Promise<void> {
  const before = now.bands
  become({ bands: withPin(now.bands, session, pinned) })
  try {
    await tellServer()
  } catch (error) {
    become({ bands: { ...now.bands, pinned: before.pinned } })
    throw error
  }
}
