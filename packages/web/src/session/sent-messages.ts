// Messages that were sent from this page and are not over: each is stored once, however often it has to be sent.

import { type FeedItemShape, isDaybookError } from 'daybook/client'
import { client } from '../live/client.ts'
import { onKey } from '../live/key.ts'
import { onFeed } from '../live/live.ts'
import { errorText } from '../parts/errors.ts'
import { type Attached, inputOf } from './model/attached.ts'
import { type SentMessage, sentAfter, sentEventOf } from './model/sending.ts'
import { keepUnsentMessages, unsentMessages } from './unsent.ts'

export interface SendOptions {
  readonly agent?: string
  readonly on_busy?: 'steer' | 'interrupt'
  readonly files?: readonly Attached[]
}

type Sent = SentMessage & { readonly session: string; readonly options: SendOptions }

let all: readonly Sent[] = unsentMessages<Sent>()
let listening = false
const listeners = new Set<() => void>()
/** Milliseconds that a message which ended well is still shown. */
const shownAfter = 4000

function become(next: readonly Sent[]): void {
  all = next
  keepUnsentMessages(all.filter(({ state }) => state === 'sending' || state === 'not sent'))
  for (const listener of listeners) listener()
}

function change(key: string, how: (message: Sent) => SentMessage): void {
  become(all.map((each) => (each.key === key ? { ...each, ...how(each) } : each)))
}

export const sentMessages = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  all: (): readonly Sent[] => all,
  /** Shown at once; it counts as stored only when the server says so. */
  send(session: string, text: string, options: SendOptions = {}): Promise<void> {
    listen()
    const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')
    become([...all, { key, text, state: 'sending', session, options }])
    return deliver(key)
  },
  /** Under the same key: where the answer was lost, the first one counts. */
  retry(key: string): Promise<void> {
    change(key, (message) => sentAfter(message, 'retried', { locked: false }))
    return deliver(key)
  },
  discard(key: string): void {
    become(all.filter((each) => each.key !== key))
  },
}

async function deliver(key: string): Promise<void> {
  const message = all.find((each) => each.key === key)
  if (!message) return
  const { session, text } = message
  const { files = [], ...options } = message.options
  try {
    const {
      run_id: run,
      seq,
      position,
    } = await client.runs.start(session, { input: inputOf(text, files), ...options }, { key })
    change(key, (now) => sentAfter(now, 'stored', { run, seq, position }))
    const { status } = await client.runs.get(run)
    const event = {
      queued: 'queued',
      running: 'began',
      waiting: 'began',
      done: 'done',
      failed: 'failed',
      cancelled: 'cancelled',
    } as const
    tell(key, event[status])
  } catch (error) {
    if (!isDaybookError(error)) throw error
    const more = { problem: errorText(error), locked: error.field === 'Authorization' }
    change(key, (now) => (now.state === 'sending' ? sentAfter(now, 'refused', more) : now))
  }
}

function tell(key: string, event: Parameters<typeof sentAfter>[1]): void {
  change(key, (message) => sentAfter(message, event))
  const state = all.find((each) => each.key === key)?.state
  if (state === 'done' || state === 'cancelled') setTimeout(() => sentMessages.discard(key), shownAfter)
}

function listen(): void {
  if (listening) return
  listening = true
  onFeed(({ entry }: FeedItemShape) => {
    const message = all.find((each) => each.run !== undefined && each.run === entry.run_id)
    const event = message && sentEventOf(entry.kind, entry.data)
    if (event) tell(message.key, event)
  })
}

onKey(() => {
  for (const { key, locked } of all) if (locked) void sentMessages.retry(key)
})

// Whoever loaded the page anew does not know whether it came through: under its key it is stored once.
for (const { key, state } of all) {
  listen()
  if (state === 'sending') void deliver(key)
}
