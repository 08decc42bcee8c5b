// What becomes of a message that somebody sent: a total table of its states, so that no tick ever comes too early.

export const sentStates = [
  'sending',
  'not sent',
  'stored',
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'unknown outcome',
] as const
export type SentState = (typeof sentStates)[number]

export const sentEvents = [
  'refused',
  'retried',
  'stored',
  'queued',
  'began',
  'done',
  'failed',
  'cancelled',
  'unknown',
] as const
export type SentEvent = (typeof sentEvents)[number]

/** What the log says wins over what was known before; only `sending` may fail to be sent. */
export const sentTable: Readonly<Record<SentState, Readonly<Record<SentEvent, SentState>>>> = {
  sending: row('sending', { refused: 'not sent', stored: 'stored' }),
  'not sent': row('not sent', { retried: 'sending', stored: 'stored' }),
  stored: row('stored', {}),
  queued: row('queued', {}),
  running: row('running', { queued: 'queued' }),
  done: row('done', {}),
  failed: row('failed', {}),
  cancelled: row('cancelled', {}),
  'unknown outcome': row('unknown outcome', { began: 'running' }),
}

function row(self: SentState, given: Partial<Record<SentEvent, SentState>>): Readonly<Record<SentEvent, SentState>> {
  const over = self === 'done' || self === 'failed' || self === 'cancelled'
  const open: Record<SentEvent, SentState> = {
    refused: self,
    retried: self,
    stored: self,
    queued: 'queued',
    began: 'running',
    done: 'done',
    failed: 'failed',
    cancelled: 'cancelled',
    unknown: 'unknown outcome',
  }
  const closed = Object.fromEntries(sentEvents.map((event) => [event, self])) as Record<SentEvent, SentState>
  return Object.freeze({ ...(over ? closed : open), ...given })
}

/** A message that was sent from this page, until its end is known. */
export interface SentMessage {
  /** Under which it is sent, also again: it is stored once. */
  readonly key: string
  readonly text: string
  readonly state: SentState
  readonly run?: string
  /** Of the entry that holds it. */
  readonly seq?: number
  /** Runs before it. */
  readonly position?: number
  readonly problem?: string
  /** Refused for want of the key of the user. */
  readonly locked?: boolean
}

export function sentAfter(message: SentMessage, event: SentEvent, more: Partial<SentMessage> = {}): SentMessage {
  return { ...message, ...more, state: sentTable[message.state][event] }
}

const byKind: Readonly<Record<string, SentEvent>> = {
  'run.queued': 'queued',
  'run.started': 'began',
  'run.cancelled': 'cancelled',
  'run.withdrawn': 'cancelled',
}

/** What an entry says of the run that a message became; null: nothing. */
export function sentEventOf(kind: string, data: unknown): SentEvent | null {
  const { status, unknown } = (data ?? {}) as { status?: string; unknown?: boolean }
  if (kind === 'run.finished') return status === 'failed' ? 'failed' : 'done'
  if (kind === 'step.finished' && unknown === true) return 'unknown'
  return byKind[kind] ?? null
}
