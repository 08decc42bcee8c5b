// A client that knows several servers of one store and sends every request to any of them.

import { type Door, Refused } from '../doors.ts'
import { HttpDoor } from '../http-door.ts'
import type { Ack, Op } from '../ops.ts'
import type { Random } from '../random.ts'
import type { Servers } from './servers.ts'

/** Codes behind which a write may be stored all the same: what was asked for is asked again. */
const unknown: ReadonlySet<string> = new Set(['unreachable', 'store_busy', 'shutting_down', 'store_readonly', 'busy'])

export class RoamingDoor implements Door {
  readonly #servers: Servers
  readonly #random: Random

  constructor(servers: Servers, random: Random) {
    this.#servers = servers
    this.#random = random
  }

  async last(session: string): Promise<number> {
    return this.#any().last(session)
  }

  async perform(op: Op): Promise<Ack> {
    try {
      return await this.#any().perform(op)
    } catch (error) {
      if (error instanceof Refused && unknown.has(error.code)) throw new Unanswered(error.message)
      throw error
    }
  }

  #any(): Door {
    const { urls } = this.#servers
    if (urls.length === 0) throw new Unanswered('no server is there')
    return new HttpDoor(this.#random.pick(urls))
  }
}

export class Unanswered extends Error {}
