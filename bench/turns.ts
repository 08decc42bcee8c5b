// What a turn of an agent costs against other libraries, and how late the pieces of a stream come through a server.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openModels } from '../packages/daybook/src/open-models.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import { buildContext } from '../packages/daybook/src/work/agents/context/build.ts'
import { modelAgent } from '../packages/daybook/src/work/agents/performer.ts'
import { agentsOf } from '../packages/daybook/src/work/agents.ts'
import { fixedSkills } from '../packages/daybook/src/work/skills/fixed.ts'
import { openWork } from '../packages/daybook/src/work/work.ts'
import { appenders } from './appenders.ts'
import { Child } from './child.ts'
import type { Sample, Variant } from './harness.ts'
import { Bench, timed, times } from './harness.ts'
import type { TurnPeer } from './peers/peer.ts'

const bench = new Bench('turns')
const stub = new Child(join(import.meta.dirname, 'turns-stub.ts'))
const { port } = await stub.next<{ port: number }>()
const url = `http://127.0.0.1:${port}/v1`
const total = bench.size(640, 160)
const expected = 'The answer is five.'

interface Ours extends TurnPeer {
  close(): Promise<void>
}

async function ours(): Promise<Ours> {
  const store = sqliteStore({ path: join(bench.dir, 'daybook.db'), durability: 'full' })
  const sessions = await openSessions({ store })
  const skills = fixedSkills()
  const models = openModels({
    model: 'lab/stub',
    providers: { lab: { base_url: url, key: 'LAB' } },
    key: () => 'a key of the bench',
  })
  const definition = { name: 'ask', description: '', instructions: 'You answer questions.', source: 'built-in' }
  const setting = { models, skills, definition: () => undefined, context: buildContext }
  const agents = agentsOf([modelAgent(definition, setting)])
  const work = openWork({ sessions, skills, agents, tickMs: null, concurrency: 64 })
  const runs = work.within({ tenant: 'local', subjects: ['local'] })
  return {
    name: 'daybook, FULL',
    async turn(text) {
      const { run } = await runs.start(null, { agent: 'ask', input: text })
      return String((await runs.settled(run, { until: 'end' })).output)
    },
    async close() {
      await work.close()
      await sessions.close()
      await store.close()
    },
  }
}

async function peers(): Promise<readonly TurnPeer[]> {
  const file = pathToFileURL(join(import.meta.dirname, 'peers', 'turns.ts')).href
  const module = (await import(file)) as Record<'langGraph' | 'openaiAgents' | 'mastraAgent', (url: string) => TurnPeer>
  return [module.langGraph(url), module.openaiAgents(url), module.mastraAgent(url)]
}

function turning(peer: TurnPeer, atOnce: number): Variant {
  let n = 0
  return {
    name: peer.name,
    round: () =>
      timed(async () => {
        await appenders(atOnce, total, async () => {
          n += 1
          const text = await peer.turn(`question ${n}`)
          if (text !== expected) throw new Error(`${peer.name} answered ${text}`)
        })
        return total
      }),
  }
}

const daybook = await ours()
const all: readonly TurnPeer[] = [daybook, ...(await peers())]
for (const atOnce of [8, 32]) {
  const table = await bench.race(
    `A turn of a model that answers in 1 ms, ${atOnce} at once`,
    'us per turn',
    daybook.name,
    all.map((peer) => turning(peer, atOnce)),
  )
  for (const { name } of all.slice(1)) {
    const of = { id: 'turns', is: 'at least', limit: 2 } as const
    bench.bar({ ...of, what: `${name} over daybook, ${atOnce} at once`, value: times(table, name, daybook.name) })
    const cpu = times(table, daybook.name, name, 'cpu')
    bench.bar({
      ...of,
      what: `processor time of daybook over ${name}, ${atOnce} at once`,
      value: cpu,
      is: 'at most',
      limit: 0.5,
    })
  }
}
await daybook.close()

/** Milliseconds from when the stub sent a piece to when a reader has it: the 99th of 100. */
async function late(ask: (i: number) => Promise<Response>): Promise<Sample> {
  const waits: number[] = []
  const streams = Array.from({ length: bench.size(100, 30) }, async (_, i) => {
    const decoder = new TextDecoder()
    for await (const bytes of (await ask(i)).body ?? []) {
      const text = decoder.decode(bytes as Uint8Array, { stream: true })
      const now = performance.timeOrigin + performance.now()
      for (const [, sent] of text.matchAll(/^data: .*"text":"<(\d+\.\d+)>/gm)) waits.push(now - Number(sent))
    }
  })
  await Promise.all(streams)
  waits.sort((a, b) => a - b)
  return { wall: waits[Math.floor(waits.length * 0.99)] ?? Number.NaN }
}

const post = (address: string, body: object): Promise<Response> =>
  fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

const servers = await Promise.all(
  (['product', 'bare'] as const).map(async (what) => {
    const dir = join(bench.dir, what)
    mkdirSync(dir)
    const child = new Child(join(import.meta.dirname, 'turns-server.ts'), [what, url, dir])
    return { child, url: (await child.next<{ url: string }>()).url.replace(/\/$/, '') }
  }),
)
const [product, bare] = servers
if (!product || !bare) throw new Error('a server did not start')
let round = 0
const input = 'slowly'
const streaming: readonly Variant[] = [
  {
    name: 'daybook serve',
    round: () => {
      round += 1
      const of = (i: number): string => `${product.url}/api/v1/sessions/s-${round}-${i}/runs`
      return late((i) => post(of(i), { agent: 'ask', input, stream: true }))
    },
  },
  { name: 'bare fastify', round: () => late(() => post(`${bare.url}/stream`, { input })) },
]
const heapOf = async (): Promise<number> => (await product.child.ask<{ heap: number }>({})).heap / 2 ** 20
const before = await heapOf()
const streams = await bench.race('100 streaming turns: a piece, 99th of 100', 'ms late', 'bare fastify', streaming)
const after = await heapOf()
bench.bar({
  ...{ id: 'turns', what: 'lateness of a piece, daybook over bare fastify' },
  ...{ value: times(streams, 'daybook serve', 'bare fastify'), is: 'at most', limit: 3 },
})
bench.remark(`Heap of the server before all streams ${before.toFixed(1)} MB, behind them ${after.toFixed(1)} MB.`)
bench.remark(
  'Each turn is a new session; daybook stores it at synchronous=FULL and streams, the peers keep it in memory.',
)
bench.remark(
  'LangGraph.js: a graph of one node with its checkpointer in memory, which asks through the client of OpenAI.',
)
for (const { child } of servers) await child.end()
await stub.end()
bench.finish()
