// The server of the bench on the page, a process of its own that is killed: page-server.ts <store file> <page> <empty page> [port]

import { createServer } from '../packages/daybook/src/http/server.ts'
import type { NewEntry } from '../packages/daybook/src/schema/entries.ts'
import { openSearch } from '../packages/daybook/src/search/search.ts'
import { sqliteIndex } from '../packages/daybook/src/search/sqlite.ts'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { sqliteStore } from '../packages/daybook/src/store/sqlite.ts'
import type { SkillContext } from '../packages/daybook/src/work/skills/contract.ts'
import { fixedSkills } from '../packages/daybook/src/work/skills/fixed.ts'
import { openWork } from '../packages/daybook/src/work/work.ts'
import { message } from './message.ts'

/** What the bench asks; each is answered once it is done. */
export type Question =
  /** So many sessions of one message, spread over three agents. */
  | { readonly do: 'list'; readonly count: number }
  /** One session of so many entries. */
  | { readonly do: 'talk'; readonly session: string; readonly count: number }
  /** One message in each of these sessions, `times` over. */
  | { readonly do: 'touch'; readonly sessions: readonly string[]; readonly times: number }

export interface Ready {
  readonly url: string
  /** The same server over a page that holds one word. */
  readonly empty: string
  /** Milliseconds since 1970 when it began to answer. */
  readonly at: number
}

const [file = '', page = '', empty = '', port = '0'] = process.argv.slice(2)
const scope = { tenant: 'local', subjects: ['local'] } as const
/** Entries of one append. */
const together = 500

const skills = fixedSkills(
  {
    id: 'hold',
    name: 'Hold',
    description: 'Runs until it is cancelled.',
    run: (_input: unknown, { signal }) => over(signal),
  },
  { id: 'stream', name: 'Stream', description: 'Says 200 pieces a second.', run: stream },
)

function over(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve('over'), { once: true }))
}

/** `seconds` long, a paragraph every 40 pieces, as models write. */
async function stream(seconds: unknown, { delta, signal }: SkillContext): Promise<string> {
  const begun = performance.now()
  for (let told = 0; told < Number(seconds) * 200 && !signal.aborted; ) {
    for (const due = ((performance.now() - begun) / 1000) * 200; told < due; told += 1)
      delta(told % 40 === 39 ? 'end.\n\n' : `token ${told} `)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return 'said'
}

const store = sqliteStore({ path: file, durability: 'relaxed' })
const sessions = await openSessions({ store })
const work = openWork({ sessions, skills, timeZone: 'UTC', concurrency: 64 })
const search = openSearch({ store, index: sqliteIndex({ path: ':memory:' }), follow: false })
const common = { sessions, work, search, scope, version: '0.0.0' }
const server = await createServer({ ...common, page })
const other = await createServer({ ...common, page: empty })
const mine = sessions.within(scope)

/** As agents write: questions, answers with lists and code, calls and what came of them. */
function entryOf(i: number): NewEntry<'message'> {
  const { content } = message(i)
  if (i % 10 === 3) {
    const call = { type: 'call' as const, call_id: `c${i}`, name: 'shell', input: { command: `npm test -- part-${i}` } }
    return { kind: 'message' as const, data: { role: 'assistant', content: '', parts: [call] } }
  }
  if (i % 10 === 4) {
    const output = Array.from(
      { length: 30 },
      (_, at) => `\x1b[32mok\x1b[0m ${at + 1} - part ${i} does what it says`,
    ).join('\n')
    return {
      kind: 'message' as const,
      data: { role: 'tool', content: '', parts: [{ type: 'result' as const, call_id: `c${i - 1}`, output }] },
    }
  }
  const said =
    i % 10 === 7
      ? `## Part ${i}\n\n- one **thing**\n- and \`another\`\n\n\`\`\`ts\nconst part = ${i}\n\`\`\`\n`
      : content
  return { kind: 'message' as const, data: { role: i % 2 === 0 ? 'user' : 'assistant', content: said } }
}

async function perform(question: Question): Promise<void> {
  if (question.do === 'list') {
    for (let from = 0; from < question.count; from += 250) {
      const one = (i: number) =>
        mine.session(`listed-${i}`, { opens: true }).append([{ kind: 'message', data: message(i) }])
      await Promise.all(Array.from({ length: Math.min(250, question.count - from) }, (_, i) => one(from + i)))
    }
  } else if (question.do === 'talk') {
    const session = mine.session(question.session, { opens: true })
    // The opening is entry 1.
    for (let from = 1; from < question.count; from += together) {
      const count = Math.min(together, question.count - from)
      await session.append(Array.from({ length: count }, (_, i) => entryOf(from + i)))
    }
  } else {
    for (let n = 0; n < question.times; n += 1) {
      await Promise.all(question.sessions.map((id) => mine.session(id).append([{ kind: 'message', data: message(n) }])))
    }
  }
}

// Whoever started it is gone.
process.once('disconnect', () => process.exit())
process.on('message', (question) => {
  perform(question as Question).then(
    () => process.send?.({}),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
const url = await server.listen({ port: Number(port), host: '127.0.0.1' })
const at = Date.now()
process.send?.({ url, empty: await other.listen({ port: 0, host: '127.0.0.1' }), at } satisfies Ready)
