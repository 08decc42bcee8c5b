// Runs of a killed process go on at once where another one of its machine looks, though their lease lasts an hour.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSessions } from '../session/sessions.ts'
import { until } from '../session/testing.fixture.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { holderName, neighbours } from './holder.ts'
import { holding, leaseMs, type Working } from './killed.fixture.ts'
import { fixedSkills } from './skills/fixed.ts'
import { openWork } from './work.ts'

const program = new URL('killed.fixture.ts', import.meta.url).pathname
const skip = neighbours() === null && 'this system does not say what names of holders are made of'
const scope = { tenant: 'default', subjects: ['anna'] } as const

/** A folder with a file, and processes that work on it. */
class Place implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'daybook-taken-'))
  readonly #children: ChildProcess[] = []
  readonly #closing = new AsyncDisposableStack()
  readonly asked = {
    path: join(this.#folder, 'a.db'),
    attempts: join(this.#folder, 'attempts'),
    letGo: join(this.#folder, 'let-go'),
  } as const

  /** Begins a run in each of these, and stands in its step. */
  async child(...sessions: readonly string[]): Promise<ChildProcess> {
    const asked: Working = { ...this.asked, sessions }
    const child = spawn(process.execPath, [program, JSON.stringify(asked)], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#children.push(child)
    await once(child.stdout, 'data')
    return child
  }

  /** Those who began the step, in order. */
  get attempts(): string[] {
    // The last line is empty, or still being written.
    return existsSync(this.asked.attempts) ? readFileSync(this.asked.attempts, 'utf8').split('\n').slice(0, -1) : []
  }

  /** An engine of this process that looks only when it is told to. */
  async engine(around: (store: Store) => Store = (store) => store) {
    const sessions = await openSessions({ store: around(sqliteStore({ path: this.asked.path })) })
    this.#closing.defer(() => sessions.store.close())
    this.#closing.defer(() => sessions.close())
    const work = openWork({ sessions, skills: fixedSkills(holding(this.asked)), leaseMs, tickMs: null })
    this.#closing.use(work)
    return { work, sessions, store: sessions.store, all: sessions.store.within({ ...scope, subjects: 'all' }) }
  }

  letGo(): void {
    writeFileSync(this.asked.letGo, '')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.letGo()
    for (const child of this.#children) child.kill('SIGKILL')
    await this.#closing.disposeAsync()
    rmSync(this.#folder, { recursive: true })
  }
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('a run of a killed process goes on at once, under a higher fence', { skip }, async () => {
  await using place = new Place()
  const child = await place.child('one')
  await until(() => place.attempts.length === 1)
  const { work, sessions, store } = await place.engine()
  await work.tick()
  const [before] = await store.admin.leases(9)
  strictEqual(before?.lease.session, 'one')
  await killed(child)
  place.letGo()
  await work.tick()
  await until(async () => (await sessions.within(scope).session('one').head()).openRuns.length === 0)
  deepStrictEqual(place.attempts, ['one', 'one'])
  const taken = await store.within(scope).acquire('one', 'somebody', 1000)
  ok((taken?.fence ?? 0) > before.lease.fence + 1)
})

test('a process that stands still keeps its run', { skip }, async () => {
  await using place = new Place()
  const child = await place.child('one')
  await until(() => place.attempts.length === 1)
  child.kill('SIGSTOP')
  const { work, store } = await place.engine()
  const told = async () => (await store.admin.leases(9)).map(({ lease: { holder, fence } }) => [holder, fence])
  const before = await told()
  for (let look = 0; look < 5; look += 1) await work.tick()
  deepStrictEqual([await told(), work.load.held, place.attempts], [before, 0, ['one']])
})

test('of two that come at once, each run goes on in one', { skip }, async () => {
  await using place = new Place()
  const names = Array.from({ length: 8 }, (_, n) => `session-${n}`)
  const child = await place.child(...names)
  await until(() => place.attempts.length === names.length)
  await killed(child)
  await Promise.all([place.child(), place.child()])
  await until(() => place.attempts.length === 2 * names.length)
  place.letGo()
  const { sessions } = await place.engine()
  const heads = () => Promise.all(names.map((name) => sessions.within(scope).session(name).head()))
  await until(async () => (await heads()).every(({ openRuns }) => openRuns.length === 0))
  deepStrictEqual(place.attempts.toSorted(), [...names, ...names].toSorted())
})

test('a lease that another took from the dead meanwhile is left alone', { skip }, async () => {
  await using place = new Place()
  const child = await place.child('one')
  await until(() => place.attempts.length === 1)
  await killed(child)
  const { work, all } = await place.engine((store) => ({
    ...store,
    admin: {
      ...store.admin,
      async leases(limit, holders) {
        const told = await store.admin.leases(limit, holders)
        for (const { tenant, lease } of told) {
          const others = store.within({ tenant, subjects: 'all' })
          await others.release(lease)
          ok(await others.acquire(lease.session, 'somebody', 60_000))
        }
        return told
      },
    },
  }))
  await work.tick()
  await until(() => work.load.held === 0)
  strictEqual(await all.acquire('one', 'another', 1000), null)
  ok(await all.acquire('one', 'somebody', 1000))
  deepStrictEqual(place.attempts, ['one'])
})

test('leases of other machines, and those of this process, are waited for', async () => {
  await using place = new Place()
  const { work, all, sessions, store } = await place.engine()
  const holders = ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', `${'x'.repeat(22)}.1.1.x.0`, holderName()]
  for (const [n, holder] of holders.entries()) {
    await sessions.within(scope).open({ id: `session-${n}` })
    ok(await all.acquire(`session-${n}`, holder, leaseMs))
    await work.within(scope).start(`session-${n}`, { skill: 'hold', input: holder })
  }
  await work.tick()
  await until(() => work.load.held === 0)
  const told = (await store.admin.leases(9)).map(({ lease }) => lease.holder)
  deepStrictEqual([told.toSorted(), place.attempts], [holders.toSorted(), []])
})
