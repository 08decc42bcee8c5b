// Budgets of one tenant: what is left is put aside before each call of a model, and what it took is written down behind it.

import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ModelFacts } from '../../model/contract.ts'
import type { Actor, Tenant } from '../../schema/ids.ts'
import { totalTokens } from '../../schema/usage.ts'
import type { ScopedSessions, Session, Sessions } from '../../session/contract.ts'
import type { Reservation, SpendingCall } from '../agents/contract.ts'
import { holderName } from '../holder.ts'
import type { Agents } from '../performer.ts'
import { accountsOf, dayOfAccount, isLimited, ledgerSession } from './accounts.ts'
import type { Account, BudgetConfig, BudgetState, Budgets, Limit } from './contract.ts'
import { Ledger } from './ledger.ts'
import { leftBehind } from './left.ts'
import { checkAccount, type Limits, openLimits } from './limits.ts'
import {
  type Amount,
  judge,
  type Page,
  reservedIn,
  shareOf,
  type Verdict,
  type Wish,
  withReserved,
  withSettled,
} from './page.ts'
import { noRoom, resumeRaised } from './paused.ts'
import { countedPrograms } from './programs.ts'
import { warningOf } from './words.ts'

export interface BudgetsOptions {
  readonly sessions: Sessions
  readonly tenant: Tenant
  readonly config?: BudgetConfig
}

/** A call of a model is over after so long, whoever made it: then what it put aside is settled without it. */
const longestCallMs = 60 * 60 * 1000
/** Milliseconds between two looks at what calls of other processes gave back. */
const lookMs = 200
/** Ledgers kept in memory; of old days and sessions at rest they are read again. */
const mostLedgers = 1024

export function openBudgets(options: BudgetsOptions): Budgets {
  return new BudgetsOfTenant(options)
}

/** A ledger that a call counts against. */
interface Counted {
  readonly account: Account
  readonly day: string | null
  readonly limit: Limit
  readonly ledger: Ledger
}

export interface Aside {
  readonly counted: readonly Counted[]
  readonly id: string
  readonly granted: Amount
  readonly warning: string | undefined
}

export class BudgetsOfTenant implements Budgets {
  readonly #options: BudgetsOptions
  readonly #limits: Limits
  readonly #warnAt: number
  readonly #holder = holderName()
  readonly #ledgers = new Map<string, Ledger>()
  /** What this process put aside and has not settled. */
  readonly #mine = new Set<string>()
  /** Calls that wait for what others give back. */
  readonly #waiting = new Set<() => void>()

  constructor(options: BudgetsOptions) {
    const { config = {} } = options
    this.#options = options
    this.#warnAt = config.warn_at ?? 0.8
    this.#limits = openLimits(
      (actor) => this.#as(actor),
      config,
      () => this.#now(),
    )
  }

  #now(): number {
    return this.#options.sessions.store.now()
  }

  #as(actor: Actor): ScopedSessions {
    const { sessions, tenant } = this.#options
    return sessions.within({ tenant, subjects: 'all' }, { actor, writer: 'R' })
  }

  #ledger(account: Account, day: string | null): Ledger {
    const id = ledgerSession(account, day)
    const ledger = this.#ledgers.get(id) ?? new Ledger(this.#as('engine:budgets'), id)
    // What was asked for last stands last: that of the day stays, whatever comes and goes.
    this.#ledgers.delete(id)
    this.#ledgers.set(id, ledger)
    const [oldest] = this.#ledgers.keys()
    if (this.#ledgers.size > mostLedgers && oldest !== undefined) this.#ledgers.delete(oldest)
    return ledger
  }

  /** The ledgers of a call, where there is a limit. */
  async counted(session: Session, agent: string): Promise<readonly Counted[]> {
    const counted: Counted[] = []
    for (const account of accountsOf(await session.head(), agent)) {
      const { limit } = await this.#limits.of(account)
      const day = dayOfAccount(account, this.#now())
      if (isLimited(limit)) counted.push({ account, day, limit, ledger: this.#ledger(account, day) })
    }
    return counted
  }

  async reserve(call: SpendingCall): Promise<Reservation> {
    const { model, inputTokens, outputTokens } = call
    const counted = await this.counted(call.session, call.agent)
    if (counted.length === 0) return unlimited
    const least = { tokens: inputTokens, cost: costOf(model, inputTokens, 0) }
    const most = { tokens: inputTokens + outputTokens, cost: costOf(model, inputTokens, outputTokens) }
    const aside = await this.putAside(counted, { least, most }, call)
    const unpriced = model.price === null ? { unpriced: model.name } : {}
    return {
      ...(aside.warning === undefined ? {} : { warning: aside.warning }),
      outputTokens: answerOf(aside.granted, least, call),
      settle: ({ usage, cost = 0 }) => this.settle(aside, { tokens: totalTokens(usage), cost }, unpriced),
      release: () => this.settle(aside, { tokens: 0, cost: 0 }, {}),
    }
  }

  /**
   * In every ledger or in none, one after the other in the same order for all.
   *
   * @throws NoRoom
   */
  async putAside(
    counted: readonly Counted[],
    wish: Wish,
    call: Pick<SpendingCall, 'session' | 'run' | 'signal'> & { readonly id?: string },
  ): Promise<Aside> {
    const id = call.id ?? randomUUID().slice(-12)
    const done: Counted[] = []
    let granted = wish.most
    const warnings: string[] = []
    this.#mine.add(id)
    try {
      for (const one of counted) {
        const { amount, page, first } = await this.#reserveIn(one, id, { ...wish, most: granted }, call)
        done.push(one)
        granted = amount
        const warning = warningOf(one.account, one.limit, page, this.#warnAt)
        if (warning === null) continue
        warnings.push(warning)
        // For good, and once: in the session that came near to it.
        if (first) await call.session.note(warning, 'problem')
      }
    } catch (error) {
      await this.settle({ counted: done, id, granted, warning: undefined }, { tokens: 0, cost: 0 }, {})
      throw error
    }
    return { counted, id, granted, warning: warnings[0] }
  }

  async #reserveIn(
    { account, limit, ledger }: Counted,
    id: string,
    wish: Wish,
    { session, run, signal }: Pick<SpendingCall, 'session' | 'run' | 'signal'>,
  ): Promise<{ readonly amount: Amount; readonly page: Page; readonly first: boolean }> {
    const { seq } = await session.head()
    const until = this.#now() + longestCallMs
    for (;;) {
      let verdict: Verdict = 'refused'
      let first = false
      const page = await ledger.change((page) => {
        first = false
        const known = page.open[id]
        verdict = known || page.over.includes(id) ? { granted: known ?? wish.most } : judge(page, limit, wish)
        if (known || verdict === 'refused' || verdict === 'wait' || page.over.includes(id)) return null
        first = !page.warned && (shareOf(page, limit) ?? 0) >= this.#warnAt
        const reserved = { ...verdict.granted, session: session.id, run, seq, holder: this.#holder, until }
        return { ...withReserved(page, id, reserved), warned: page.warned || first }
      })
      // The change is judged again after each lost race; what it said last is what counts.
      const said = verdict as Verdict
      if (said === 'refused') throw noRoom(account, limit, page, this.#now())
      if (said !== 'wait') return { amount: said.granted, page, first }
      if (!(await this.#takeLeft(ledger, page))) await this.#givenBack(signal)
    }
  }

  /** Settles what dead processes left open; true when there was any. */
  async #takeLeft(ledger: Ledger, page: Page): Promise<boolean> {
    const left = await leftBehind(page, (id) => this.#mine.has(id), this.#as('engine:budgets'), this.#now())
    for (const [id, spent] of left) await ledger.change((page) => changed(page, withSettled(page, id, spent)))
    return left.size > 0
  }

  /** Resolves when a call of this process was settled, else after a while: others may have given something back. */
  async #givenBack(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const over = new AbortController()
    this.#waiting.add(resolve)
    try {
      const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal
      await Promise.race([promise, pause(lookMs, undefined, { signal: ends }).catch(() => undefined)])
      signal?.throwIfAborted()
    } finally {
      over.abort()
      this.#waiting.delete(resolve)
    }
  }

  async settle(
    { counted, id }: Aside,
    spent: Amount,
    more: { readonly unpriced?: string; readonly forGood?: true },
  ): Promise<void> {
    if (!this.#mine.has(id)) return
    await Promise.all(
      counted.map(({ ledger }) => ledger.change((page) => changed(page, withSettled(page, id, spent, more)))),
    )
    this.#mine.delete(id)
    for (const tell of this.#waiting) tell()
  }

  async list(session?: Session): Promise<readonly BudgetState[]> {
    const named = await this.#limits.named()
    const accounts: Account[] = [
      { scope: 'day', name: 'all' },
      ...(['agent', 'user'] as const).flatMap((scope) =>
        Object.keys(named[scope] ?? {}).map((name) => ({ scope, name })),
      ),
      ...(session ? [{ scope: 'session' as const, name: session.id }] : []),
    ]
    return Promise.all(accounts.map((account) => this.get(account)))
  }

  async get(account: Account): Promise<BudgetState> {
    checkAccount(account, null)
    const { limit, from } = await this.#limits.of(account)
    const day = dayOfAccount(account, this.#now())
    const ledger = this.#ledger(account, day)
    const found = await ledger.read()
    const page = (await this.#takeLeft(ledger, found)) ? await ledger.read() : found
    const { tokens, cost, unpriced } = page
    const facts = { tokens, cost, reserved: reservedIn(page), unpriced: Object.keys(unpriced) }
    return { ...account, day, limit, from, ...facts, share: shareOf(page, limit), warnAt: this.#warnAt }
  }

  async set(account: Account, limit: Limit | null, by: Actor = 'engine:budgets', key?: string): Promise<BudgetState> {
    checkAccount(account, limit)
    await this.#limits.set(account, limit, by, key)
    await this.resume(by)
    return this.get(account)
  }

  /** Lets the runs go on whose budget was raised since it left them no room; gives how many. */
  resume(by: Actor = 'engine:budgets'): Promise<number> {
    return resumeRaised(this.#as(by), async (account) => (await this.#limits.of(account)).limit)
  }

  counting(agents: Agents): Agents {
    return countedPrograms(agents, this)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ledgers.values()].map((ledger) => ledger.settled()))
  }
}

/** Where nothing is limited nothing is written. */
const unlimited: Reservation = { settle: async () => undefined, release: async () => undefined }

/** Null for a page that is as it was. */
function changed(before: Page, next: Page): Page | null {
  return next === before ? null : next
}

function costOf({ price }: ModelFacts, input: number, output: number): number {
  return price === null ? 0 : (price.input * input + price.output * output) / 1e6
}

/** Tokens of an answer that stay within what was put aside. */
function answerOf(granted: Amount, least: Amount, { model, outputTokens }: SpendingCall): number {
  const byTokens = granted.tokens - least.tokens
  const each = (model.price?.output ?? 0) / 1e6
  const byCost = each === 0 ? outputTokens : Math.floor((granted.cost - least.cost) / each)
  return Math.max(1, Math.min(outputTokens, byTokens, byCost))
}
