// Which lane an append takes, alone and behind other servers, without a server: commits end when the test says so.

import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { hintTopic, localBus } from '../bus.ts'
import { after, opening } from '../conformance/drafts.ts'
import { anna, until } from '../conformance/suite.ts'
import { Announcer, type Announcing } from './announcer.ts'
import type { AppendOp } from './batch.ts'
import { Lanes } from './lanes.ts'

/** Two lanes whose commits are listed as they begin, `<lane> <sessions>`, and end by `finish`. */
class Bench {
  contended = false
  readonly begun: string[] = []
  readonly #ends: (() => void)[] = []
  readonly lanes = new Lanes({
    commits: [0, 1].map((lane) => async (group: readonly AppendOp[]) => {
      this.begun.push(`${lane} ${group.map(({ append }) => append.session).join(' ')}`)
      await new Promise<void>((resolve) => this.#ends.push(resolve))
      return group.map(() => ({ ok: true, first: 2, last: 2, replayed: false }) as const)
    }),
    committed: () => {},
    contended: () => this.contended,
  })

  push(...sessions: readonly string[]): void {
    for (const session of sessions) {
      const asker = { tenant: 'acme', subjects: [anna] }
      void this.lanes.push([{ asker, append: after(opening(session).head) }])
    }
  }

  async begins(count: number): Promise<void> {
    await until(() => this.begun.length >= count)
    await turn()
  }

  finish(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}

test('A server alone spreads its sessions over two lanes', async () => {
  const bench = new Bench()
  bench.push('a', 'b', 'c', 'd')
  await bench.begins(2)
  deepStrictEqual(bench.begun, ['0 a c', '1 b d'])
  bench.finish()
  await bench.lanes.drained()
})

test('While other servers write too, all that has no commit before it gathers in one lane', async () => {
  const bench = new Bench()
  bench.push('a', 'b')
  await bench.begins(2)
  bench.contended = true
  bench.push('c', 'b', 'd')
  bench.finish()
  await bench.begins(4)
  deepStrictEqual(bench.begun, ['0 a', '1 b', '0 c d', '1 b'])
  bench.contended = false
  bench.push('e')
  bench.finish()
  await bench.begins(5)
  bench.finish()
  await bench.lanes.drained()
})

test('What others write is heard as theirs, for a moment; what this one writes is not', async () => {
  const bus = localBus()
  const announcer = new Announcer(bus)
  const hint = { tenant: 'acme', session: 'one', seq: 1 }
  await announcer.start({ listens: true, schema: 'daybook', tip: async () => 0 } as unknown as Announcing)
  announcer.publish(hintTopic, hint)
  strictEqual(announcer.contended(), false)
  bus.publish(hintTopic, hint)
  strictEqual(announcer.contended(), true)
  await until(() => !announcer.contended())
  await announcer.close()
})
