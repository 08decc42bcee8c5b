// Bare `daybook`: who needs you and what to type, what runs or waits, and what is new for this person.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { localScope, openStore } from '../main.ts'
import type { NewEntry } from '../schema/entries.ts'
import { openSessions } from '../session/sessions.ts'
import { fill, type Home, openHome } from './bin.fixture.ts'
import { answerTo } from './commands/home.ts'

let home: Home
const born = Date.now()
before(async () => {
  home = openHome()
  await using store = await openStore(`sqlite:${home.path('a.db')}`)
  await using sessions = await openSessions({ store })
  const worker = sessions.within(localScope, { actor: 'worker:test', writer: 'R' })
  const run = (session_id: string) => ({ run_id: `run_${session_id}` })
  const begun = (id: string): NewEntry[] => [
    { kind: 'run.queued', data: { ...run(id), agent: 'coder' } },
    { kind: 'run.started', data: run(id) },
  ]
  const write = async (id: string, ...entries: readonly NewEntry[]) => {
    const session = await worker.open({ id, name: `about ${id}`, agent: 'coder' })
    if (entries.length > 0) await session.append(entries)
  }
  const ask = { ...run('ses_asks'), approval_id: 'apr_1', summary: 'git push --force', digest: 'd' }
  await write(
    'ses_asks',
    ...begun('ses_asks'),
    { kind: 'approval.requested', data: ask },
    { kind: 'run.waiting', data: { ...run('ses_asks'), reason: 'approval' } },
  )
  const question = { ...run('ses_whoo'), question_id: 'q', summary: 'which\u001b[31m way?' }
  await write('ses_whoo', ...begun('ses_whoo'), { kind: 'question.asked', data: question })
  const error = { code: 'error', message: 'no disk' }
  const ended = { ...run('ses_fell'), status: 'failed', reason: 'error', error } as const
  await write('ses_fell', ...begun('ses_fell'), { kind: 'run.finished', data: ended })
  await write('ses_runs', ...begun('ses_runs'))
  await write('ses_next', { kind: 'run.queued', data: { ...run('ses_next'), agent: 'coder' } })
  const until = new Date(born + 3_600_000).toISOString()
  await write('ses_naps', ...begun('ses_naps'), {
    kind: 'run.waiting',
    data: { ...run('ses_naps'), reason: 'until', until },
  })
  await write('ses_rest')
})
after(() => home.end())

const run = (minutes: number, ...args: string[]) =>
  home.inside([...args, '--store', home.path('a.db')], { now: born + minutes * 60_000 })

/** Blocks by their titles, each as its lines. */
function blocksOf(out: string): Readonly<Record<string, readonly string[]>> {
  const blocks: Record<string, string[]> = {}
  let current: string[] = []
  for (const line of out.trimEnd().split('\n')) {
    if (line.startsWith('  ')) current.push(line.trim().replace(/ {2,}/g, ' | '))
    else {
      current = []
      blocks[line.replace(/ \(.*\)$/, '')] = current
    }
  }
  return blocks
}

test('who needs you says what is asked, for how long, and what to type', async () => {
  const { out } = await run(4)
  const needs = blocksOf(out)['needs you'] ?? []
  const of = (tail: string): string => needs.find((line) => line.startsWith(tail)) ?? ''
  assert.equal(needs.length, 3)
  assert.match(of('asks'), /^asks \| coder \| about ses_asks \| wants: git push --force \| [34] m \| daybook \S+ asks$/)
  assert.match(of('whoo'), /asks: which␛\[31m way\?/)
  assert.match(of('fell'), /failed: .*daybook show fell$/)
})

test('the command to type is one that there is', () => {
  const attention = { kind: 'approval', since: '', summary: '' } as const
  const typed = (kind: 'approval' | 'question' | 'failed' | 'blocked', ...names: string[]) => {
    const table = { commands: names.map((name) => ({ name })) }
    return answerTo({ table, me: 'daybook' }, { attention: { ...attention, kind }, tail: 'k3f9' })
  }
  assert.equal(typed('approval', 'approve', 'say'), 'daybook approve k3f9')
  assert.equal(typed('question', 'approve', 'say'), 'daybook say k3f9 "…"')
  assert.equal(typed('approval', 'show'), 'daybook show k3f9')
  for (const kind of ['failed', 'blocked'] as const) assert.equal(typed(kind, 'approve', 'say'), 'daybook show k3f9')
})

test('what runs stands with what is queued and what waits, each once', async () => {
  const { out } = await run(5)
  const blocks = blocksOf(out)
  const running = blocks.running ?? []
  assert.deepEqual(running.map((line) => line.slice(0, 4)).sort(), ['naps', 'next', 'runs'])
  assert.match(running.find((line) => line.startsWith('next')) ?? '', /queued/)
  assert.match(running.find((line) => line.startsWith('naps')) ?? '', /waiting/)
})

test('since you looked leaves out what this person has seen elsewhere, and opens at the first new entry', async () => {
  // Every look is remembered with the clock of its own; entries bear the true one.
  await run(-1)
  assert.ok((blocksOf((await run(-1)).out)['since you looked'] ?? []).some((line) => line.startsWith('rest')))
  await fill(home.path('a.db'), async (mine) => {
    const session = await mine.get('ses_rest')
    const edit = { type: 'edit', path: 'a.ts', operation: 'update', added: 1, removed: 0 } as const
    await session.append([
      { kind: 'message', data: { role: 'user', content: 'go on' } },
      { kind: 'message', data: { role: 'assistant', agent: 'coder', content: 'done', parts: [edit] } },
    ])
    await session.setMark({ ...(await session.mark()), seen: 1 })
  })
  const [line = ''] = blocksOf((await run(-1)).out)['since you looked'] ?? []
  assert.match(line, /^rest \| .* \| 1 turn, 1 file \| .* \| daybook show rest@2$/)
  await fill(home.path('a.db'), async (mine) => {
    const session = await mine.get('ses_rest')
    await session.setMark({ ...(await session.mark()), seen: 3 })
  })
  assert.equal(blocksOf((await run(-1)).out)['since you looked'], undefined)
})
