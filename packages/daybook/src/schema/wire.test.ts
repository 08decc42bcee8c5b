// The wire: every answer has its described shape, and an entry comes back from it as it was stored.

import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { all, fails, runner, say, World } from '../session/testing.fixture.ts'
import { agentsOf, filesOf, messageOf, metricsOf, notesOf, runOf } from '../session/views/wire.ts'
import { cellOf, entriesText, entryText, markOf, moment, momentOrNull, sessionOf, storedOf, summaryOf } from './wire.ts'
import { Entry, type EntryShape, Mark, RunShape, Session, Summary } from './wire-shapes.ts'
import { Agents, Files, HistoryMessage, Metrics, Notes } from './wire-views.ts'

const ajv = addFormats.default(new Ajv({ strict: false, allErrors: true }))

function fits(schema: object, value: unknown): void {
  const validate = ajv.compile(schema)
  // As it travels: without what JSON leaves out.
  ok(validate(JSON.parse(JSON.stringify(value))), JSON.stringify([validate.errors, value]))
}

/** A session that has a little of everything. */
async function example(world: World) {
  const session = await world.runner.open({ name: 'n', agent: 'coder', metadata: { a: null }, state: { b: 1 } })
  await session.append([say('hi "there" \u2028\ud800'), { ...say('yes', 'assistant'), run: 'run_1', cause: 2 }])
  await session.handoff('debug', 'a fault')
  await session.note('found', 'idea')
  await world.anna.session(session.id).pin('a.ts')
  await session.addRun({ agent: 'coder', model: 'm', usage: { input_tokens: 1 }, output: [1], cost: 0.5 })
  await session.addRun({ error: { code: 'x', message: 'no' } })
  await session.append([
    { kind: 'run.queued', data: { run_id: 'r' } },
    { kind: 'step.started', data: { run_id: 'r', step: 's', name: 'search' } },
    { kind: 'question.asked', data: { run_id: 'r', question_id: 'q', summary: 'which' } },
  ])
  await session.summarise('all')
  await session.erase([2])
  return session
}

test('every answer has its described shape', async () => {
  await using world = await World.open('memory')
  const session = await example(world)
  const { id } = session
  const fork = await session.fork()
  await fork.trash()
  fits(Session, sessionOf(await session.head()))
  fits(Session, { ...sessionOf(await fork.head(), 'longer'), ...cellOf(await fork.cell()) })
  const told = sessionOf(await session.head())
  deepStrictEqual(
    [told.attention?.kind, told.attention?.id, told.run_count, told.total_tokens],
    ['question', 'q', 3, 1],
  )
  deepStrictEqual(sessionOf(await fork.head()).parent, { session_id: id, seq: (await session.head()).seq })
  for (const entry of await session.stored()) fits(Entry, JSON.parse(entryText(entry)))
  fits(Mark, markOf(id, await session.mark()))
  fits(Mark, markOf(id, await session.setMark({ version: 0, seen: 2, draft: 'x', pinned: world.clock.now() })))
  const summary = await session.summary()
  if (summary) fits(Summary, summaryOf(summary))
  for (const run of (await session.view('runs')).runs) fits(RunShape, runOf(id, run))
  for (const message of await all((await session.view('history')).messages)) fits(HistoryMessage, messageOf(message))
  fits(Agents, agentsOf(id, await session.view('agents')))
  fits(Files, filesOf(id, await session.view('files')))
  fits(Notes, notesOf(id, await session.view('notes')))
  fits(Metrics, metricsOf(id, await session.view('metrics')))
})

test('an entry comes back from the wire as it was stored', async () => {
  await using world = await World.open('memory')
  const stored = await (await example(world)).stored()
  const back = (JSON.parse(`[${entriesText(stored)}]`) as EntryShape[]).map(storedOf)
  deepStrictEqual(back, [...stored])
  strictEqual(entriesText([]), '')
  strictEqual(back.filter(({ body }) => body === null).length, 1)
})

test('entries of newer versions of the log are not taken for known ones', async () => {
  await using world = await World.open('memory')
  const [entry] = await (await world.in(['user:anna'], runner).open()).stored()
  ok(entry)
  const shape = JSON.parse(entryText(entry)) as EntryShape
  for (const bad of [
    { ...shape, kind: 'future.kind' },
    { ...shape, kind: 'toString' },
    { ...shape, at: 'never' },
  ]) {
    await fails(() => storedOf(bad as EntryShape), 'too_new')
  }
})

test('times on the wire', () => {
  strictEqual(moment(0), '1970-01-01T00:00:00.000Z')
  deepStrictEqual([momentOrNull(null), momentOrNull(1)], [null, '1970-01-01T00:00:00.001Z'])
})
