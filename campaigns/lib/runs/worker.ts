// A process that works on runs, as the campaign sees it: what it was told to do, what it told, and where it stands.

import { Process } from '../processes.ts'
import type { FromWorker, Order, WorkerTask } from './child.ts'
import type { Boundary } from './skills.ts'

const program = new URL('./child.ts', import.meta.url).pathname

export interface Answer {
  readonly run: string
  /** Empty when it went well. */
  readonly code: string
}

export interface Stop {
  readonly run: string
  readonly step: number
  readonly boundary: Boundary
}

export class Worker extends Process {
  readonly name: string
  readonly ready: Promise<void>
  /** Boundaries at which it asks whether it may go on. */
  readonly stops: Stop[] = []
  /** Runs that it was told to leave, because they are no longer its own or over. */
  readonly lost = new Set<string>()
  /** Sessions in which a write of its was refused because the lease is another's. */
  readonly fenced: string[] = []
  readonly failures: string[] = []
  wentWell = false
  killed = false
  over = false
  readonly #asked = new Map<string, (answer: Answer | null) => void>()

  constructor(task: WorkerTask, env: Readonly<Record<string, string>>) {
    super([program, JSON.stringify(task)], env)
    this.name = task.name
    this.ready = new Promise((resolve) => {
      this.lines((line) => {
        const told = JSON.parse(line) as FromWorker
        if (told.t === 'ready') resolve()
        else this.#take(told)
      })
      void this.ended.then(() => {
        this.over = true
        for (const answer of this.#asked.values()) answer(null)
        resolve()
      })
    })
  }

  override kill(): Promise<void> {
    this.killed = true
    return super.kill()
  }

  #take(told: FromWorker): void {
    if (told.t === 'at') this.stops.push(told)
    else if (told.t === 'fenced') this.fenced.push(told.session)
    else if (told.t === 'failed') this.failures.push(`${told.code}: ${told.message}`)
    else if (told.t === 'ended') this.wentWell = true
    else if (told.t === 'aborted' && told.reason !== 'shutdown') this.lost.add(told.run)
    else if (told.t === 'answer') {
      this.#asked.get(told.id)?.(told)
      this.#asked.delete(told.id)
    }
  }

  order(order: Order): void {
    this.send(JSON.stringify(order))
  }

  /** Null when it died before it answered. */
  ask(order: Extract<Order, { readonly id: string }>): Promise<Answer | null> {
    if (this.over) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.#asked.set(order.id, resolve)
      this.order(order)
    })
  }

  /** Lets everything go on that asked. */
  letGo(): void {
    for (const { run, step, boundary } of this.stops.splice(0)) this.order({ t: 'go', run, step, boundary })
  }

  standsAt(run: string): boolean {
    return this.stops.some((stop) => stop.run === run)
  }
}
