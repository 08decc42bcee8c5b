// A process that works on runs until it is killed, or until its standard input ends: it does what it is told, line by line.

import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isDaybookError } from '../../../packages/daybook/src/schema/errors.ts'
import type { Json } from '../../../packages/daybook/src/schema/json.ts'
import { openSessions } from '../../../packages/daybook/src/session/sessions.ts'
import type { Scope, ScopedStore, Store } from '../../../packages/daybook/src/store/store.ts'
import { openStore } from '../../../packages/daybook/src/stores.ts'
import { openWork } from '../../../packages/daybook/src/work/work.ts'
import { tenant } from '../check.ts'
import { say } from '../say.ts'
import { EffectWriter } from './effects.ts'
import { type Boundary, skillsIn } from './skills.ts'

export interface WorkerTask {
  /** URL of the store. */
  readonly store: string
  readonly effects: string
  readonly name: string
  /** The store's writer has a thread of its own. */
  readonly thread: boolean
  readonly leaseMs: number
}

export type Order =
  | { readonly t: 'go'; readonly run: string; readonly step: number; readonly boundary: Boundary }
  | {
      readonly t: 'start'
      readonly id: string
      readonly session: string
      readonly skill: string
      readonly input: Json
      /** It is queued, and the answer is lost. */
      readonly unanswered: boolean
    }
  | {
      readonly t: 'decide'
      readonly id: string
      readonly run: string
      readonly approval: string
      readonly digest: string
      readonly decision: 'approved' | 'denied'
    }

export type FromWorker =
  | { readonly t: 'ready' | 'ended' }
  | { readonly t: 'at'; readonly run: string; readonly step: number; readonly boundary: Boundary }
  | { readonly t: 'aborted'; readonly run: string; readonly reason: string }
  /** A write was refused because the lease is another's. */
  | { readonly t: 'fenced'; readonly session: string }
  | { readonly t: 'answer'; readonly id: string; readonly run: string; readonly code: string }
  | { readonly t: 'failed'; readonly code: string; readonly message: string }

const task = JSON.parse(process.argv[2] ?? '') as WorkerTask
const tell = (line: FromWorker): void => say(line)
const stopped = new Map<string, () => void>()
const placeOf = (run: string, step: number, boundary: Boundary) => `${run} ${step} ${boundary}`

const effects = new EffectWriter(task.effects)
const skills = skillsIn({
  by: task.name,
  note: (effect) => effects.note(effect),
  onAbort: (run, reason) => tell({ t: 'aborted', run, reason }),
  stopAt: async (run, step, boundary, hold) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    stopped.set(placeOf(run, step, boundary), resolve)
    tell({ t: 'at', run, step, boundary })
    if (hold === undefined) return promise
    while (!existsSync(hold)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
  },
})
const store = telling(await openStore(task.store, { worker: task.thread }))
const sessions = await openSessions({ store })
const work = openWork({
  sessions,
  skills,
  leaseMs: task.leaseMs,
  tickMs: Math.min(100, task.leaseMs / 10),
  onError: (error) => {
    const code = isDaybookError(error) ? error.code : 'unknown'
    tell({ t: 'failed', code, message: error instanceof Error ? String(error.stack) : String(error) })
  },
})
const scoped = work.within({ tenant, subjects: ['local'] })

/** The store as it is; what it refuses for the fence is told, so that the campaign knows that it was tried. */
function telling(file: Store): Store {
  const within = (scope: Scope): ScopedStore => {
    const own = file.within(scope)
    const append = own.append.bind(own)
    own.append = async (batch) => {
      const outcomes = await append(batch)
      for (const [index, outcome] of outcomes.entries()) {
        const session = batch[index]?.session
        if (session !== undefined && !outcome.ok && outcome.code === 'fenced') tell({ t: 'fenced', session })
      }
      return outcomes
    }
    return own
  }
  return { ...file, within }
}

async function answer(id: string, request: () => Promise<string>): Promise<void> {
  try {
    tell({ t: 'answer', id, run: await request(), code: '' })
  } catch (error) {
    if (!isDaybookError(error)) throw error
    tell({ t: 'answer', id, run: '', code: error.code })
  }
}

function follow(order: Order): void {
  if (order.t === 'go') {
    const place = placeOf(order.run, order.step, order.boundary)
    stopped.get(place)?.()
    stopped.delete(place)
  } else if (order.t === 'start') {
    const { id, session, skill, input, unanswered } = order
    // The key is the order's: repeated after a kill it is the same run.
    const start = async () => (await scoped.start(session, { skill, input }, { key: id, opens: true })).run
    void (unanswered ? start() : answer(id, start))
  } else {
    const { id, run, approval, decision, digest } = order
    void answer(id, async () => {
      await scoped.decide(run, approval, { decision, digest })
      return run
    })
  }
}

const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
lines.on('line', (line) => follow(JSON.parse(line) as Order))
lines.on('close', async () => {
  await work.close()
  await sessions.close()
  await store.close()
  tell({ t: 'ended' })
})
tell({ t: 'ready' })
