// Servers and hosts of different age: what was recorded of protocol version 1 is played to the present client and to the present host.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { hostClient } from './client.ts'
import { folderFor, openClient, refused } from './hosting.fixture.ts'
import { type Answer, type Request, socketPath } from './wire.ts'
import { performed, readRecording, type Said } from './wire-record.fixture.ts'

const { said, given } = readRecording(join(import.meta.dirname, 'recordings/protocol-1.jsonl'))
const known = new Set(said.flatMap(({ request }) => (request ? [request.op] : [])))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** More may be said than was recorded, never less or otherwise; `loose` names fields of which only the type counts. */
function contains(actual: unknown, recorded: unknown, loose: ReadonlySet<string> = new Set(), name = ''): boolean {
  if (loose.has(name)) return typeof actual === typeof recorded
  if (Array.isArray(recorded)) {
    const one = Array.isArray(actual) && actual.length === recorded.length ? actual : null
    return one?.every((each, index) => contains(each, recorded[index], loose)) ?? false
  }
  if (!isObject(recorded)) return actual === recorded
  return isObject(actual) && Object.entries(recorded).every(([key, value]) => contains(actual[key], value, loose, key))
}

const answersTo = (on: number, id: number): Answer[] =>
  said.flatMap(({ on: other, answer }) => (answer && other === on && answer.id === id ? [answer] : []))

/** A host of that version: it understands a request by the fields that it was recorded with, and no other operation. */
function playHost(t: TestContext, folder: string, misunderstood: Request[]): Promise<unknown> {
  const left = said.filter(({ request }) => request !== undefined)
  const take = (request: Request): Said | undefined => {
    const fits = ({ request: recorded }: Said): boolean => contains({ ...request, id: 0 }, { ...recorded, id: 0 })
    const index = left.findIndex(fits)
    return index < 0 ? undefined : left.splice(index, 1)[0]
  }
  const answered = (request: Request): Answer[] => {
    const { id } = request
    const found = take(request)
    if (found?.request) return answersTo(found.on, found.request.id).map((answer) => ({ ...answer, id }))
    if (known.has(request.op)) misunderstood.push(request)
    return [{ id, error: { code: 'invalid', message: 'this host does not know that', field: 'op' } }]
  }
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    createInterface(socket).on('line', (line) => {
      for (const answer of answered(JSON.parse(line) as Request)) socket.write(`${JSON.stringify(answer)}\n`)
    })
  })
  t.after(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  server.listen(socketPath(folder))
  return once(server, 'listening')
}

test('the present client understands a host of protocol version 1, and is understood by it', async (t) => {
  const folder = folderFor(t, () => Promise.resolve())
  const misunderstood: Request[] = []
  await playHost(t, folder, misunderstood)
  const host = hostClient({ folder })
  t.after(() => host.close())
  await assert.rejects(host.write('pipes', 'x', 'a name'), refused('invalid', 'op'), 'that came with a later host')
  const now = await performed(host)
  assert.deepEqual(misunderstood, [])
  for (const [index, recorded] of given.entries())
    assert.ok(
      contains(now[index], recorded),
      `call ${index}: ${JSON.stringify(now[index])} is not ${JSON.stringify(recorded)}`,
    )
})

/** Of a process that has just begun it depends on the moment how far it is. */
const ofAny = new Set(['pid', 'startTime', 'marker', 'startedAt', 'at', 'message'])
const ofStarted = new Set([...ofAny, 'offset', 'errorOffset', 'exit'])

/** Of these a client of that version only wants to know whether they were done: what they give may become more. */
const commands = new Set(['write', 'closeInput', 'resize', 'signal', 'acknowledge', 'forget'])

/** Output comes in pieces of any size, and each stream in its own time. */
function whole(answers: readonly Answer[], op: string): unknown {
  const text = { out: Buffer.alloc(0), err: Buffer.alloc(0) }
  const others: unknown[] = []
  for (const { event, result, error } of answers) {
    if (event?.type !== 'output') others.push(event ?? error ?? (commands.has(op) ? 'done' : result))
    else text[event.stream] = Buffer.concat([text[event.stream], Buffer.from(event.bytes, 'base64')])
  }
  return { out: text.out.toString(), err: text.err.toString(), others }
}

class Caller {
  readonly #socket: Socket
  readonly #lines: AsyncIterator<string>

  constructor(folder: string) {
    this.#socket = connect(socketPath(folder))
    this.#lines = createInterface(this.#socket)[Symbol.asyncIterator]()
  }

  /** Answers to this request, until the last one. */
  async ask(request: Request): Promise<Answer[]> {
    this.#socket.write(`${JSON.stringify(request)}\n`)
    const answers: Answer[] = []
    for (;;) {
      const { value, done } = await this.#lines.next()
      if (done) throw new Error(`the host ended the connection over ${JSON.stringify(request)}`)
      const answer = JSON.parse(value) as Answer
      assert.equal(answer.id, request.id)
      answers.push(answer)
      if (answer.event === undefined || answer.event.type === 'exit') return answers
    }
  }

  end(): void {
    this.#socket.destroy()
  }
}

test('the present host understands a client of protocol version 1; what it does not know it answers, and goes on', async (t) => {
  const { folder, host } = openClient(t)
  await host.list()
  const callers = new Map<number, Caller>()
  t.after(() => {
    for (const caller of callers.values()) caller.end()
  })
  for (const { on, request } of said) {
    if (request === undefined) continue
    const caller = callers.get(on) ?? new Caller(folder)
    callers.set(on, caller)
    const [unknown] = await caller.ask({ id: 1_000 + request.id, op: 'operation of a later version', key: 'files' })
    assert.deepEqual([unknown?.error?.code, unknown?.error?.field], ['invalid', 'op'])
    const now = whole(await caller.ask(request), request.op)
    const then = whole(answersTo(on, request.id), request.op)
    const loose = request.op === 'spawn' ? ofStarted : ofAny
    assert.ok(
      contains(now, then, loose),
      `${JSON.stringify(request)}: ${JSON.stringify(now)} is not ${JSON.stringify(then)}`,
    )
  }
})
