// What it takes to make the context of a call: in a session of a hundred messages, and in one of a hundred thousand.

import { join } from 'node:path'
import { roughTokens } from '../packages/daybook/src/model/estimate.ts'
import { openRecall } from '../packages/daybook/src/recalling.ts'
import type { NewEntry } from '../packages/daybook/src/schema/entries.ts'
import { openSearch, type Search } from '../packages/daybook/src/search/search.ts'
import { sqliteIndex } from '../packages/daybook/src/search/sqlite.ts'
import type { Caller, ScopedSessions, Session } from '../packages/daybook/src/session/contract.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { buildContext } from '../packages/daybook/src/work/agents/context/build.ts'
import type { Recall } from '../packages/daybook/src/work/agents/contract.ts'
import { Bench, timed, times, type Variant } from './harness.ts'

const bench = new Bench('context')
const lengths = bench.flags.quick ? [100, 10_000] : [100, 1_000, 100_000]
const [shortest = 100, longest = 100] = [lengths[0], lengths.at(-1)]
const builds = bench.size(100, 40)

const tenant = 'bench'
const runner: Caller = { actor: 'engine:runner', writer: 'R' }
/** A hundred messages are more than it takes, so that even the short session has something that is left out. */
const facts = {
  ...{ name: 'bench/model', provider: 'bench', contextTokens: 8_000, maxOutputTokens: 1_000 },
  ...{ images: false, pdf: false, price: null },
}
const model = { facts, estimate: (text: string) => Math.ceil(roughTokens(text)) }
const agent = { name: 'coder', instructions: 'You write code, and say what you did.' }

const label = (length: number): string => `${length.toLocaleString('en-US')} messages`

function message(at: number): NewEntry {
  const mine = at % 2 === 1
  const content = `Message ${at} speaks of orders and of topic ${at % 997}. ${'It has further sentences. '.repeat(16)}`
  return { kind: 'message', data: { role: mine ? 'assistant' : 'user', content, ...(mine ? { agent: 'coder' } : {}) } }
}

async function filled(sessions: ScopedSessions, length: number): Promise<Session> {
  const session = await sessions.open({ id: `ses_${length}`, state: { customer: 'Anna', open: 3 } })
  for (let begin = 0; begin < length; begin += 500) {
    const count = Math.min(500, length - begin)
    await session.append(Array.from({ length: count }, (_, at) => message(begin + at)))
  }
  await session.note('tabs, never spaces', 'instruction')
  return session
}

function building(session: Session, length: number, recall?: Recall): Variant {
  const round = () =>
    timed(async () => {
      for (let at = 0; at < builds; at += 1) {
        const context = await buildContext({ session, agent, model, ...(recall ? { recall } : {}) })
        if (context.messages.length < 10 || context.tokens > context.budget) throw new Error('it is no context')
      }
      return builds
    })
  return { name: label(length), round }
}

/** The last message asks for something that is named often in the long session and once in the short one. */
async function asked(session: Session): Promise<void> {
  await session.append({
    kind: 'message',
    data: { role: 'user', content: 'What was said of topic 7 and of its orders?' },
  })
}

const store = sqliteStore({ path: join(bench.dir, 'context.db'), durability: 'relaxed' })
const sessions = await openSessions({ store })
const mine = sessions.within({ tenant, subjects: ['anna'] }, runner)
const all: { readonly length: number; readonly session: Session }[] = []
for (const length of lengths) all.push({ length, session: await filled(mine, length) })
const search: Search = openSearch({ store, index: sqliteIndex({ path: join(bench.dir, 'context.db-search') }) })
const onError = (error: unknown): never => {
  throw error
}
const recall = openRecall({ sessions, tenant, search: async () => search, onError })

const ratios: number[] = []
const race = async (title: string, by?: Recall): Promise<void> => {
  const variants = all.map(({ session, length }) => building(session, length, by))
  const table = await bench.race(title, 'us per context', label(shortest), variants)
  ratios.push(times(table, label(longest), label(shortest)))
}
for (const { session } of all) await asked(session)
await race('Context of a session that was never summarised')
for (const { session, length } of all) {
  // Some twenty messages stand behind it, in either session.
  await session.summarise({ text: 'Goal: orders. '.repeat(40), coversSeq: length - 20 })
}
await race('With a summary, the state and a note')
bench.bar({
  id: 'context',
  what: `a context at ${label(longest)} over ${label(shortest)}, the worse of both`,
  value: Math.max(...ratios),
  is: 'at most',
  limit: 2,
})
await race('And what is recalled from the index', recall)
bench.bar({
  id: 'recalling',
  what: `the same with passages that are looked up`,
  value: ratios.at(-1) ?? 0,
  is: 'at most',
  limit: 2,
})
await search.close()
await sessions.close()
await store.close()
