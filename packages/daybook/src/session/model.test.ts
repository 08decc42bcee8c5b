// Random programs on the engine and on a tiny model of it: after each of them both say the same, also after crashes.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cases, times } from '../cases.fixture.ts'
import { isDaybookError } from '../schema/errors.ts'
import type { Session } from './contract.ts'
import { Model, type ModelEntry, ModelSession } from './model.fixture.ts'
import { foldAt, goingOn } from './refold.ts'
import { all, range, type StoreName, storeNames, World } from './testing.fixture.ts'

/** Milliseconds for each store; longer ones find rarer things. */
const budget = Number(process.env.DAYBOOK_MODEL_MS ?? 6000) * times

const nat = fc.nat(1000)
const word = fc.constantFrom('a', 'b', 'c', 'd')
const op = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    at: nat,
    word,
    count: fc.integer({ min: 1, max: 3 }),
    tokens: fc.nat(9),
  }),
  fc.record({ do: fc.constant('burst' as const), at: nat, count: fc.integer({ min: 2, max: 6 }) }),
  fc.record({ do: fc.constant('keyed' as const), at: nat, word, key: word }),
  fc.record({ do: fc.constant('note' as const), at: nat, word }),
  fc.record({ do: fc.constant('state' as const), at: nat, word, value: fc.option(fc.nat(9)) }),
  fc.record({ do: fc.constant('handoff' as const), at: nat, word }),
  fc.record({ do: fc.constant('run' as const), at: nat, tokens: fc.nat(9) }),
  fc.record({ do: fc.constant('fork' as const), at: nat, from: nat }),
  fc.record({ do: fc.constant('rewind' as const), at: nat, to: nat }),
  fc.record({ do: fc.constant('erase' as const), at: nat, which: nat }),
  fc.record({
    do: fc.constantFrom('archive' as const, 'trash' as const, 'restore' as const, 'delete' as const),
    at: nat,
  }),
  fc.record({ do: fc.constantFrom('open' as const, 'crash' as const, 'check' as const), at: nat }),
)
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never
type OpOf<N extends Op['do']> = Extract<Op, { do: N }>

interface Turn {
  readonly world: World
  readonly model: Model
  readonly mine: ModelSession
  readonly real: Session
}

/** What writing means for the place: the code of the refusal, or null with `session.reopened` put in front. */
function refusal({ mine }: Turn): string | null {
  if (mine.place === 'deleted') return 'gone'
  return mine.place === 'trash' ? 'trashed' : null
}

async function refused(call: Promise<unknown>, code: string): Promise<void> {
  const error = await call.then(
    () => null,
    (caught) => caught,
  )
  strictEqual(isDaybookError(error) ? error.code : error, code)
}

/** A plain write: the same entries on both sides, or the same refusal. */
async function write(
  turn: Turn,
  entries: readonly Omit<ModelEntry, 'erased'>[],
  call: () => Promise<{ first: number; last: number; replayed: boolean }>,
): Promise<{ first: number; last: number } | null> {
  const code = refusal(turn)
  if (code) {
    await refused(call(), code)
    return null
  }
  const { model, mine } = turn
  const reopened = mine.place === 'archived' ? [{ kind: 'session.reopened' }] : []
  mine.place = 'open'
  const wanted = model.write(mine, [...reopened, ...entries])
  const { first, last, replayed } = await call()
  deepStrictEqual({ first, last, replayed }, { ...wanted, replayed: false })
  return wanted
}

const message = (content: string, total: number) =>
  ({ kind: 'message', data: { role: 'user', content, usage: { total_tokens: total } } }) as const

const steps: { readonly [N in Op['do']]: (turn: Turn, op: OpOf<N>) => Promise<unknown> } = {
  append: (turn, { word: text, count, tokens }) =>
    write(
      turn,
      range(count).map(() => ({ kind: 'message', text, tokens })),
      () => turn.real.append(range(count).map(() => message(text, tokens))),
    ),
  burst: async (turn, { count }) => {
    const code = refusal(turn)
    if (code) return refused(turn.real.append(message('x', 0)), code)
    const reopens = turn.mine.place === 'archived'
    turn.mine.place = 'open'
    turn.model.write(turn.mine, [
      ...(reopens ? [{ kind: 'session.reopened' }] : []),
      ...range(count).map((number) => ({ kind: 'message', text: `${number}`, tokens: 1 })),
    ])
    await Promise.all(range(count).map((number) => turn.real.append(message(`${number}`, 1))))
  },
  keyed: async (turn, { word: text, key }) => {
    const known = turn.mine.keys.get(key)
    const call = () => turn.real.append(message(text, 2), { key })
    if (known && known.text !== text) return refused(call(), 'key_reused')
    if (known) {
      const { first, last, replayed } = await call()
      return deepStrictEqual({ text, first, last, replayed }, { ...known, replayed: true })
    }
    const receipt = await write(turn, [{ kind: 'message', text, tokens: 2 }], call)
    if (receipt) turn.mine.keys.set(key, { text, ...receipt })
  },
  note: (turn, { word: text }) => write(turn, [{ kind: 'note', text }], () => turn.real.note(text)),
  state: (turn, { word: name, value }) =>
    write(turn, [{ kind: 'state.changed', patch: { [name]: value } }], () =>
      turn.real.update({ state: { [name]: value } }),
    ),
  handoff: (turn, { word: agent }) => write(turn, [{ kind: 'handoff', agent }], () => turn.real.handoff(agent)),
  run: (turn, { tokens }) =>
    write(turn, [{ kind: 'run.queued' }, { kind: 'run.started' }, { kind: 'run.finished', tokens }], () =>
      turn.real.addRun({ usage: { total_tokens: tokens } }),
    ),
  fork: async ({ model, mine, real }, { from }) => {
    if (mine.place === 'deleted') return refused(real.fork(), 'gone')
    const at = 1 + (from % mine.seq)
    const { id } = await real.fork({ at, id: `s${model.sessions.length}` })
    model.add(new ModelSession(id, mine.entries.slice(0, at)), { kind: 'session.opened', erased: false })
  },
  rewind: (turn, { to }) => {
    const seq = 1 + (to % turn.mine.seq)
    return write(turn, [{ kind: 'session.rewound', to: seq }], () => turn.real.rewind(seq))
  },
  erase: async (turn, { which }) => {
    const seqs = turn.mine.erasable
    const seq = seqs[which % Math.max(seqs.length, 1)]
    if (seq === undefined || refusal(turn)) return
    await write(turn, [{ kind: 'entry.erased' }], () => turn.real.erase([seq]))
    const entry = turn.mine.entries[seq - 1]
    if (entry) entry.erased = true
  },
  archive: (turn) => move(turn, { open: 'archived' }, 'session.archived', () => turn.real.archive()),
  trash: (turn) => move(turn, { open: 'trash', archived: 'trash' }, 'session.trashed', () => turn.real.trash()),
  restore: (turn) => move(turn, { archived: 'open', trash: 'open' }, 'session.restored', () => turn.real.restore()),
  delete: async ({ model, mine, real }) => {
    if (mine.place === 'deleted') return refused(real.delete(), 'gone')
    strictEqual(await real.delete(), true)
    model.delete(mine)
  },
  open: async ({ world, model }) => {
    const { id } = await world.anna.open({ id: `s${model.sessions.length}` })
    model.add(new ModelSession(id, []), { kind: 'session.opened', erased: false })
  },
  crash: ({ world }) => world.crash(),
  check: ({ world, model }) => compare(world, model),
}

async function move(
  { model, mine }: Turn,
  table: Readonly<Partial<Record<ModelSession['place'], 'open' | 'archived' | 'trash'>>>,
  kind: string,
  call: () => Promise<unknown>,
): Promise<void> {
  const next = table[mine.place]
  const otherwise = mine.place === 'trash' && kind === 'session.archived' ? 'trashed' : 'invalid_state'
  if (next === undefined) return refused(call(), mine.place === 'deleted' ? 'gone' : otherwise)
  await call()
  model.write(mine, [{ kind }])
  mine.place = next
}

async function compare(world: World, model: Model): Promise<void> {
  const whole = !model.sessions.some(
    ({ place, entries }) => place === 'deleted' && entries.some(({ kind }) => kind === 'entry.erased'),
  )
  for (const mine of model.sessions.filter(({ place }) => place !== 'deleted')) {
    await compareSession(world, mine, whole)
    await compareFolds(world, mine, whole)
  }
  for (const place of ['open', 'archived', 'trash'] as const) {
    const { items } = await world.anna.list({ place, limit: 1000 })
    deepStrictEqual(
      items.map(({ session }) => session),
      model.list(place),
    )
  }
  const feed: { session: string; seq: number }[] = []
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof world.anna.feed>> = await world.anna.feed(cursor, 7)
    feed.push(...page.items.map(({ session, entry }) => ({ session, seq: entry.seq })))
    if (page.cursor === cursor) break
    cursor = page.cursor
  }
  deepStrictEqual(feed, model.feed)
}

/** `whole` is false when a base was deleted that alone knew of erased usage: forks made later count less. */
async function compareSession(world: World, mine: ModelSession, whole: boolean): Promise<void> {
  const real = world.anna.session(mine.id)
  const { messages, notes, handoffs, agent, runs, state } = mine.state
  const head = await real.head()
  const cell = await real.cell()
  deepStrictEqual(
    [head.seq, head.place, head.messages, head.runs, head.currentAgent, head.switches],
    [mine.seq, mine.place, messages.length, runs, agent, handoffs.length],
  )
  ok(whole ? head.tokens === mine.tokens : head.tokens <= mine.tokens)
  deepStrictEqual(cell.state, state)
  const history = await real.view('history')
  deepStrictEqual(
    (await all(history.messages)).map(({ content }) => content),
    messages,
  )
  deepStrictEqual(
    history.agents.map(({ from, to }) => `${from} ${to}`),
    handoffs,
  )
  deepStrictEqual(
    (await real.view('notes')).notes.map(({ text }) => text),
    notes,
  )
  strictEqual((await real.view('runs')).runs.length, runs)
  const states = mine.states
  for (const seq of new Set([1, Math.ceil(mine.seq / 2), mine.seq])) {
    const then = states[seq]
    const seen = await real.view('history', { until: seq })
    deepStrictEqual(
      (await all(seen.messages)).map(({ content }) => content),
      then?.messages,
    )
    deepStrictEqual(
      [seen.context, seen.messageCount, seen.currentAgent],
      [then?.state, then?.messages.length, then?.agent],
    )
  }
}

/** What a deleted base knew of erased usage is in snapshots only, not in the log. */
async function compareFolds(world: World, { id, seq }: ModelSession, whole: boolean): Promise<void> {
  const real = world.anna.session(id)
  const [head, cell] = [await real.head(), await real.cell()]
  deepStrictEqual(goingOn(await foldAt(world.whole, id, seq), head), { head, cell })
  const folded = goingOn(await foldAt(world.whole, id, seq, { fromStart: true }), head)
  const tokens = whole ? folded.head.tokens : head.tokens
  deepStrictEqual({ head: { ...folded.head, tokens }, cell: folded.cell }, { head, cell })
}

async function run(name: StoreName, program: readonly Op[]): Promise<void> {
  await using world = await World.open(name)
  const model = new Model()
  const opening: Op = { do: 'open', at: 0 }
  for (const one of [opening, ...program, { do: 'check', at: 0 } as const, { do: 'crash', at: 0 } as const]) {
    const mine = model.sessions[one.at % Math.max(model.sessions.length, 1)] ?? new ModelSession('none', [])
    const step = steps[one.do] as (turn: Turn, op: Op) => Promise<unknown>
    await step({ world, model, mine, real: world.anna.session(mine.id) }, one)
  }
  await compare(world, model)
  deepStrictEqual(world.errors, [])
}

for (const name of storeNames) {
  test(`random programs leave the engine and a model of plain arrays alike (${name}) [B1, B2, B3]`, async (t) => {
    const programs = fc.array(op, { minLength: 1, maxLength: 40, size: 'max' })
    const limits = { interruptAfterTimeLimit: budget, markInterruptAsFailure: false, ...cases(1_000_000, 20_261_120) }
    t.diagnostic(`seed ${limits.seed}, ${budget} ms`)
    await fc.assert(
      fc.asyncProperty(programs, (program) => run(name, program)),
      limits,
    )
  })
}
