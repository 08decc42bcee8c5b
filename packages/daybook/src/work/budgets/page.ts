// What a ledger says: what is gone, what is put aside, and how a call changes that. Pure.

import type { RunId, Seq, SessionId } from '../../schema/ids.ts'
import type { JsonObject } from '../../schema/json.ts'
import { addCost, addTokens } from '../../schema/usage.ts'
import type { Limit } from './contract.ts'

export interface Amount {
  readonly tokens: number
  readonly cost: number
}

/** Put aside for a call that is under way. */
export interface Reserved extends Amount {
  readonly session: SessionId
  readonly run: RunId
  /** The session's last entry when it was put aside: what the call told stands behind it. */
  readonly seq: Seq
  /** The process that makes the call, and until when the call is over whatever becomes of it. */
  readonly holder: string
  readonly until: number
}

/** The state of a ledger's session. */
export interface Page extends Amount {
  readonly open: Readonly<Record<string, Reserved>>
  /** Models without a price that were asked. */
  readonly unpriced: Readonly<Record<string, true>>
  /** Somebody was told that the limit is near. */
  readonly warned: boolean
  /** What was settled for good, newest last: a run that is performed again is not counted twice. */
  readonly over: readonly string[]
}

/** What is kept of {@link Page.over}. */
const mostOver = 64
/** Calls under way at once; more of them wait. Each takes some 200 bytes of at most 64 KiB. */
const mostOpen = 160

export function pageOf(state: JsonObject): Page {
  const { tokens = 0, cost = 0, open = {}, unpriced = {}, warned = false, over = [] } = state as Partial<Page>
  return { tokens, cost, open, unpriced, warned, over }
}

export function reservedIn(page: Page): Amount {
  return Object.values(page.open).reduce<Amount>(plus, { tokens: 0, cost: 0 })
}

export function plus(one: Amount, other: Amount): Amount {
  return { tokens: addTokens(one.tokens, other.tokens), cost: addCost(one.cost, other.cost) }
}

/** Used share of the limit that is nearest to its end; null without one. */
export function shareOf(spent: Amount, { tokens, cost }: Limit): number | null {
  const shares = [
    ...(tokens === undefined || tokens === null ? [] : [ratio(spent.tokens, tokens)]),
    ...(cost === undefined || cost === null ? [] : [ratio(spent.cost, cost)]),
  ]
  return shares.length === 0 ? null : Math.max(...shares)
}

function ratio(spent: number, limit: number): number {
  return limit === 0 ? 1 : spent / limit
}

/** What a call asks for: what its question takes for sure, and the most that its answer may. */
export interface Wish {
  readonly least: Amount
  readonly most: Amount
}

export type Verdict = { readonly granted: Amount } | 'refused' | 'wait'

/**
 * Refused once what is gone leaves no room for the question. Otherwise granted where all of it fits; where it does not, it waits
 * for the calls under way, whose true amounts are not known yet; the last one gets what is left. So a limit is passed by no
 * more than what one call takes beyond its estimate, however many ask at once.
 */
export function judge(page: Page, limit: Limit, { least, most }: Wish): Verdict {
  const free = { tokens: roomOf(limit.tokens, page.tokens), cost: roomOf(limit.cost, page.cost) }
  // Where there is a limit at all, nothing goes at its very end, not even what seems to take nothing.
  if (free.tokens <= 0 || free.cost <= 0 || least.tokens > free.tokens || least.cost > free.cost) return 'refused'
  if (Object.keys(page.open).length >= mostOpen) return 'wait'
  const aside = reservedIn(page)
  if (most.tokens <= free.tokens - aside.tokens && most.cost <= free.cost - aside.cost) return { granted: most }
  if (aside.tokens > 0 || aside.cost > 0) return 'wait'
  return { granted: { tokens: Math.min(most.tokens, free.tokens), cost: Math.min(most.cost, free.cost) } }
}

function roomOf(limit: number | null | undefined, spent: number): number {
  return limit === null || limit === undefined ? Number.POSITIVE_INFINITY : limit - spent
}

export function withReserved(page: Page, id: string, reserved: Reserved): Page {
  return { ...page, open: { ...page.open, [id]: reserved } }
}

/** What is not open any more was settled by whoever found it left behind: it counts once. */
export function withSettled(
  page: Page,
  id: string,
  spent: Amount,
  more: { readonly unpriced?: string; readonly forGood?: true } = {},
): Page {
  const { [id]: known, ...open } = page.open
  if (!known) return page
  const { unpriced, forGood } = more
  return {
    ...page,
    ...plus(page, spent),
    open,
    ...(unpriced === undefined ? {} : { unpriced: { ...page.unpriced, [unpriced]: true as const } }),
    ...(forGood ? { over: [...page.over, id].slice(-mostOver) } : {}),
  }
}

/** What of a ledger's state another page changes, as a merge patch. */
export function patchOf(before: Page, next: Page): JsonObject {
  const { tokens, cost, warned, over } = next
  const gone = Object.keys(before.open).filter((id) => next.open[id] === undefined)
  const added = Object.entries(next.open).filter(([id]) => before.open[id] === undefined)
  const models = Object.keys(next.unpriced).filter((model) => before.unpriced[model] === undefined)
  return {
    ...(tokens === before.tokens && cost === before.cost ? {} : { tokens, cost }),
    ...(gone.length + added.length === 0
      ? {}
      : { open: Object.fromEntries([...gone.map((id) => [id, null]), ...added]) as JsonObject }),
    ...(models.length === 0 ? {} : { unpriced: Object.fromEntries(models.map((model) => [model, true])) }),
    ...(warned === before.warned ? {} : { warned }),
    ...(over === before.over ? {} : { over }),
  }
}
