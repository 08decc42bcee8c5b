// Appends sent without waiting, over several sessions and both lanes: each finds what was sent before it.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { Head } from '../../schema/heads.ts'
import { after, forking, opening } from '../conformance/drafts.ts'
import { anna, range, seqs } from '../conformance/suite.ts'
import type { Append, Outcome, ScopedStore } from '../store.ts'
import { postgresUnderTest } from './server.fixture.ts'

async function withScope(body: (scope: ScopedStore) => Promise<void>): Promise<void> {
  const given = await postgresUnderTest()
  try {
    await given.store.open()
    await body(given.store.within({ tenant: 'acme', subjects: [anna] }))
  } finally {
    await given.dispose()
  }
}

/** Sends appends that are folded on heads which are not durable yet. */
class Sender {
  readonly heads = new Map<string, Head>()
  readonly sent: Promise<readonly Outcome[]>[] = []
  readonly #scope: ScopedStore

  constructor(scope: ScopedStore) {
    this.#scope = scope
  }

  next(session: string, draft: Parameters<typeof after>[1] = {}): Append {
    const head = this.heads.get(session)
    const append = head ? after(head, draft) : opening(session, draft)
    this.heads.set(session, append.head)
    return append
  }

  fork(session: string, base: string): Append {
    const head = this.heads.get(base) ?? opening(base).head
    const append = forking(session, head, head)
    this.heads.set(session, append.head)
    return append
  }

  send(...batch: readonly Append[]): void {
    this.sent.push(this.#scope.append(batch))
  }
}

test('Calls that are not waited for are written in their order wherever it matters', () =>
  withScope(async (scope) => {
    const sender = new Sender(scope)
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) sender.send(sender.next(name))
    for (const n of range(120)) {
      const name = names[(n * 7) % 5] ?? 'a'
      const other = names[(n * 3) % 5] ?? 'b'
      if (n % 11 === 0) sender.send(sender.next(name, { refs: [{ type: 'run', value: `r${n}` }] }))
      else if (n % 7 === 0) sender.send(sender.next(name), sender.next(other), sender.next(name))
      else if (n % 13 === 0) sender.send(sender.fork(`fork-${n}`, name))
      else if (n % 17 === 0) sender.send(sender.next(name, { erase: [1] }))
      else sender.send(sender.next(name))
    }
    const outcomes = (await Promise.all(sender.sent)).flat()
    ok(
      outcomes.every((outcome) => outcome.ok),
      JSON.stringify(outcomes.filter((outcome) => !outcome.ok)),
    )
    for (const [session, head] of sender.heads) {
      deepStrictEqual(seqs(await scope.read(session)), range(head.seq))
      strictEqual((await scope.head(session))?.hash, head.hash)
    }
  }))

test('Many callers on many sessions all get on', () =>
  withScope(async (scope) => {
    const sender = new Sender(scope)
    await Promise.all(range(24).map((n) => scope.append([sender.next(`s${n}`)])))
    const caller = async (n: number) => {
      for (const _ of range(20)) {
        const [outcome] = await scope.append([sender.next(`s${n}`)])
        ok(outcome?.ok)
      }
    }
    await Promise.all(range(24).map(caller))
    for (const n of range(24)) strictEqual((await scope.head(`s${n}`))?.seq, 21)
  }))
