// Writes of a campaign through a server, as any HTTP client makes them.

import type { Door } from './doors.ts'
import { Refused } from './doors.ts'
import { stateOf } from './library-door.ts'
import { type Ack, blobBytes, filled, type Op } from './ops.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

interface Answered {
  readonly body: Readonly<Record<string, unknown>>
  readonly replayed: boolean
}

const patience = 20_000

export class HttpDoor implements Door {
  readonly #url: string

  constructor(url: string) {
    this.#url = `${url}/api/v1`
  }

  async last(session: string): Promise<number> {
    const answer = await fetch(`${this.#url}/sessions/${session}/entries?order=desc&limit=1`, {
      signal: AbortSignal.timeout(patience),
    })
    const body = (await answer.json()) as { entries?: { seq: number }[] }
    return answer.status === 200 ? (body.entries?.[0]?.seq ?? 0) : 0
  }

  async perform(op: Op): Promise<Ack> {
    const blob = await this.#blob(op)
    const { body, replayed } = await this.#send(askedOf(op, blob), op.key)
    return { ...ackOf(op, body), replayed, ...(blob === undefined ? {} : { blob }) }
  }

  async #blob({ act, session, marker }: Op): Promise<string | undefined> {
    if (act.type !== 'message' || act.blob === undefined) return undefined
    const bytes = blobBytes(marker, act.blob)
    return String((await this.#send({ method: 'POST', path: `/sessions/${session}/blobs`, body: bytes })).body.blob)
  }

  async #send({ method, path, body }: Asked, key?: string): Promise<Answered> {
    const bytes = body instanceof Uint8Array
    const answer = await fetch(this.#url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(patience),
    })
    const text = await answer.text()
    const told = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
    if (answer.ok) return { body: told, replayed: answer.headers.get('idempotent-replayed') === 'true' }
    const code = String(told.code)
    if (code === 'internal') throw new Error(`${method} ${path}: ${text}`)
    throw new Refused(code, `${method} ${path}: ${text}`)
  }
}

/** The request that says the same as the library's call. */
function askedOf(op: Op, blob: string | undefined): Asked {
  const { act, marker } = op
  const at = (rest: string): string => `/sessions/${op.session}${rest}`
  const post = (rest: string, body?: unknown): Asked => ({ method: 'POST', path: at(rest), body })
  switch (act.type) {
    case 'message':
      return post('/messages', {
        role: 'user',
        content: filled(marker, act.size),
        usage: { input_tokens: act.size },
        ...(blob === undefined ? {} : { parts: [{ type: 'file', blob }] }),
        ...(act.expect === undefined ? {} : { expect: act.expect }),
      })
    case 'batch': {
      const content = (index: number): string => `${marker} part ${index}`
      const entry = (_: unknown, index: number) => ({
        kind: 'message',
        data: { role: 'assistant', content: content(index) },
      })
      return post('/entries', Array.from({ length: act.count }, entry))
    }
    case 'note':
      return post('/entries', { kind: 'note', data: { type: 'idea', text: marker } })
    case 'state':
      return { method: 'PATCH', path: at(''), body: { state: stateOf(marker) } }
    case 'metadata':
      return { method: 'PATCH', path: at(''), body: { metadata: { last: marker } } }
    case 'handoff':
      return post('/handoff', { to: act.to, reason: marker })
    case 'fork':
      return post('/fork', { at: act.seq, name: marker })
    case 'rewind':
      return post('/rewind', { to: act.seq })
    case 'open':
      return { method: 'POST', path: '/sessions', body: { name: marker } }
    case 'trash':
      return { method: 'DELETE', path: at('') }
    case 'delete':
      return { method: 'DELETE', path: at('?now=true') }
    case 'restore':
    case 'archive':
      return post(`/${act.type}`)
    default:
      throw new Error(`no route for ${act.type}`)
  }
}

/** Seqs where the answer names those of this very write, not of the session meanwhile. */
function ackOf({ act, session }: Op, body: Readonly<Record<string, unknown>>): Omit<Ack, 'replayed'> {
  if (act.type === 'batch' || act.type === 'note') {
    return { session, first: Number(body.first), last: Number(body.last) }
  }
  if (act.type === 'message' || act.type === 'handoff') {
    return { session, first: Number(body.seq), last: Number(body.seq) }
  }
  return { session: typeof body.session_id === 'string' ? body.session_id : session }
}
