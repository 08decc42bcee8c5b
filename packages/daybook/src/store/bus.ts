// The bus inside one process: hints and deltas to whoever listens now; nothing is kept.

export type Listener = (message: unknown) => void

/** Best effort and without order across topics. A message is a JSON value. */
export interface Bus {
  publish(topic: string, message: unknown): void
  /** Returns the call that ends the subscription. */
  subscribe(topic: string, listener: Listener): () => void
}

/** Topic of hints: something was committed. Message: `{tenant, session, seq}`. */
export const hintTopic = 'hint'

export interface Hint {
  readonly tenant: string
  readonly session: string
  readonly seq: number
}

/** Topic of the deltas of one session. */
export function deltaTopic(tenant: string, session: string): string {
  return `delta ${tenant} ${session}`
}

/** Topic on which whoever begins to listen to the deltas of a session asks for what is unfinished in it. Message: `{}`. */
export function deltaAskTopic(tenant: string, session: string): string {
  return `delta asked ${tenant} ${session}`
}

/** Topic of the marks that one person changed. Message: {@link MarkHint}. */
export function markTopic(tenant: string, subject: string): string {
  return `marks ${tenant} ${subject}`
}

export interface MarkHint {
  readonly session: string
  readonly version: number
}

/** Topic of who looks at a session now. Message: {@link PresenceHint}, said again while it is so. */
export function presenceTopic(tenant: string, session: string): string {
  return `presence ${tenant} ${session}`
}

export interface PresenceHint {
  readonly actor: string
  /** One window of one device. */
  readonly client: string
  readonly name?: string
  /** The entry that it looks at; null: it looks away. */
  readonly seq: number | null
}

/** A bus for one process. A listener that throws does not keep the others from hearing; its error goes to `onError`. */
export function localBus(onError: (error: unknown) => void = reportLater): Bus {
  const topics = new Map<string, Set<Listener>>()
  return {
    publish(topic, message) {
      for (const listener of topics.get(topic) ?? []) {
        try {
          listener(message)
        } catch (error) {
          onError(error)
        }
      }
    },
    subscribe(topic, listener) {
      const listeners = topics.get(topic) ?? new Set()
      topics.set(topic, listeners)
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) topics.delete(topic)
      }
    },
  }
}

function reportLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
