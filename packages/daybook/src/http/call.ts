// One call of a route: who asks, which write options its headers ask for, and the session it is about.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { LivePrograms } from '../program/contract.ts'
import { DaybookError, isDaybookError } from '../schema/errors.ts'
import type { Head } from '../schema/heads.ts'
import { type IdPrefix, idFromDigest } from '../schema/ids.ts'
import { limits } from '../schema/json.ts'
import type { PlainOptions, ScopedSessions, Session } from '../session/contract.ts'
import type { Key } from '../store/store.ts'
import type { ScopedWork } from '../work/contract.ts'
import { keyMissing } from '../work/queue.ts'
import type { Context, Driven } from './context.ts'
import { offeredKey } from './plugins.ts'
import type { RouteSpec } from './route.ts'

const keyText = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

export class Call<P = unknown, Q = unknown, B = unknown> {
  readonly context: Context
  readonly spec: RouteSpec
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly mine: ScopedSessions
  #key: Key | null | undefined

  constructor(context: Context, spec: RouteSpec, request: FastifyRequest, reply: FastifyReply) {
    this.context = context
    this.spec = spec
    this.request = request
    this.reply = reply
    this.mine = context.sessions
  }

  /** Runs, with all that whoever calls may do: the user's key stands for driving programs. `unauthenticated` for a wrong one. */
  get work(): ScopedWork {
    return this.#hasKey ? (this.context.programs?.work ?? this.context.work) : this.context.work
  }

  /** The programs of this machine, to be asked something; `forbidden` without the key of the user. */
  get programs(): LivePrograms | null {
    return this.context.programs === null ? null : this.driven.live
  }

  /** The same with their processes; `forbidden` also where no programs are driven. */
  get driven(): Driven {
    const { programs } = this.context
    if (programs === null) throw new DaybookError('forbidden', 'no programs are driven here')
    if (!this.#hasKey) throw keyMissing('that takes the key of the user')
    return programs
  }

  /** For what only the owner of this machine decides: `forbidden` without the key of the user, `unauthenticated` for a wrong one. */
  mustBeOwner(): void {
    if (!this.#hasKey) throw keyMissing('that takes the key of the user')
  }

  get #hasKey(): boolean {
    const { programs } = this.context
    const given = this.#shown
    if (given === undefined || programs === null) return false
    if (isBearer(given, programs.key)) return true
    throw new DaybookError('unauthenticated', 'this is not the key of the user')
  }

  get #shown(): string | undefined {
    const { headers, ws } = this.request
    const offered = ws ? offeredKey(headers['sec-websocket-protocol']) : undefined
    return headers.authorization ?? (offered === undefined ? undefined : `Bearer ${offered}`)
  }

  get params(): P {
    return this.request.params as P
  }

  get query(): Q {
    return this.request.query as Q
  }

  get body(): B {
    return this.request.body as B
  }

  /** The caller's idempotency key, bound to who calls which route with which request. */
  get key(): Key | null {
    if (this.#key === undefined) this.#key = this.#readKey()
    return this.#key
  }

  #readKey(): Key | null {
    const given = this.request.headers['idempotency-key']
    if (given === undefined) return null
    if (typeof given !== 'string' || given.length > limits.keyLength || !keyText.test(given)) {
      throw new DaybookError('invalid', `Idempotency-Key must be 1 to ${limits.keyLength} visible characters`, {
        field: 'Idempotency-Key',
      })
    }
    const { tenant } = this.mine.scope
    const id = digest(['http', tenant, this.mine.caller.actor, `${this.spec.method} ${this.spec.path}`, given])
    const request = createHash('sha256').update(`${this.request.method} ${this.request.url}\n`)
    if (this.request.rawBody) request.update(this.request.rawBody)
    return { id: id.toString('base64url'), digest: request.digest('base64url') }
  }

  /** An id for what this call makes: the same for every repeat under the same key. Undefined without a key. */
  derivedId(prefix: IdPrefix = 'ses'): string | undefined {
    return this.key ? idFromDigest(prefix, Buffer.from(this.key.id, 'base64url')) : undefined
  }

  /** The seq that `If-Match` names. */
  get ifMatch(): number | undefined {
    const given = this.request.headers['if-match']
    if (given === undefined || given === '*') return undefined
    const seq = /^"(\d{1,15})"$/.exec(given)?.[1]
    if (seq === undefined) {
      throw new DaybookError('invalid', 'If-Match must be one strong ETag, as answers give it', { field: 'If-Match' })
    }
    return Number(seq)
  }

  /** What the headers and the body's `expect` ask of a write. */
  write(expect?: number): PlainOptions {
    const { ifMatch, key } = this
    if (expect !== undefined && ifMatch !== undefined && expect !== ifMatch) {
      throw new DaybookError('invalid', 'expect and If-Match name different numbers', { field: 'expect' })
    }
    const seq = ifMatch ?? expect
    return { ...(key ? { key } : {}), ...(seq === undefined ? {} : { expect: seq }) }
  }

  /** A handle of the session in the path, without looking. */
  session(id: string, opens = false): Session {
    return this.mine.session(id, opens ? { opens: true } : {})
  }

  /**
   * Session and head for reading. What lies in the trash is as unknown as what never was: a client that deleted a session
   * starts a new one. Lists show the trash, restore brings it back.
   */
  async seen(id: string): Promise<{ session: Session; head: Head }> {
    const session = this.mine.session(id)
    const head = await session.head()
    if (head.place === 'trash') throw inTrash(id)
    return { session, head }
  }

  /** As {@link seen}, but a repeat of a call that wrote to `written` goes on whatever became of the session since. */
  async seenOrKnown(id: string, written: string | undefined): Promise<void> {
    try {
      await this.seen(id)
    } catch (error) {
      if (written === undefined || !(await this.isKnown(written))) throw error
    }
  }

  /** True when the key of this call is known in the session: it was answered before. */
  async isKnown(id: string): Promise<boolean> {
    if (!this.key) return false
    const { store } = this.context
    const [known] = await store.within(this.mine.scope).receipts(id, [this.key.id])
    return known !== null && known !== undefined
  }

  /** A conflict with what `If-Match` asked is told as such. */
  translate(error: unknown): unknown {
    const refused = isDaybookError(error) && (error.code === 'conflict' || error.code === 'exists')
    if (!refused || !this.spec.guarded || this.request.headers['if-match'] === undefined) return error
    const { seq, hint } = error
    return new DaybookError('precondition_failed', error.message, {
      field: 'If-Match',
      cause: error,
      ...(seq === undefined ? {} : { seq }),
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

export function inTrash(id: string): DaybookError {
  return new DaybookError('not_found', `session ${id} is in the trash`, {
    hint: `POST /sessions/${id}/restore brings it back.`,
  })
}

/** SHA-256 over parts that cannot run into each other. */
function digest(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}

/** Takes the same time wherever the two differ. */
function isBearer(header: string, key: string): boolean {
  return timingSafeEqual(sha256(header), sha256(`Bearer ${key}`))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
