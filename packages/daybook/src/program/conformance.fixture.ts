// What every way of driving a program keeps, with a real program and a process host: one test per promise of the port.

import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { ProgramDriver, Prompt, PromptEnd, PromptEvent } from './contract.ts'
import { refused } from './host/hosting.fixture.ts'

/** Prompts that make the program do so, whatever it is. */
export interface Words {
  says(text: string): string
  /** Puts a line x behind this file, prints `begun`, waits until the other file is there, prints `ended`; it holds neither word. */
  waits(marks: string, goOn: string): string
  /** Ends the whole process with this code. */
  exits(code: number): string
}

export interface Driven {
  readonly folder: string
  readonly words: Words
  /** The driver as a server has it; again for the next server. The host is that of the test. */
  driver(): ProgramDriver
}

export type OpenDriven = (t: TestContext) => Driven

/** One session as the log has it: what a driver told decides what the next prompt is. */
class Log {
  readonly #driven: Driven
  readonly #kept: boolean
  #prompts = 0
  #process = 0
  #started = false
  #from = 0
  #before: Prompt['before'] = null
  output = Buffer.alloc(0)

  constructor(driven: Driven) {
    this.#driven = driven
    this.#kept = driven.driver().keeps
  }

  prompt(text: string | null, more: Partial<Prompt> = {}): Prompt {
    this.#prompts += 1
    if (!this.#kept || this.#process === 0) this.begin()
    const { folder } = this.#driven
    return {
      ...{ key: `run${this.#prompts}`, process: `session/process${this.#process}`, text, images: [], workdir: folder },
      ...{
        session: 'session',
        token: null,
        started: this.#started,
        given: null,
        before: this.#before,
        from: this.#from,
        replies: [],
        ...more,
      },
    }
  }

  /** The next prompt has another process. */
  begin(): void {
    this.#process += 1
    this.#started = false
    this.#from = 0
    this.#before = null
    this.output = Buffer.alloc(0)
  }

  /** As the prompt is given again after what was told. */
  again(prompt: Prompt, told: readonly PromptEvent[]): Prompt {
    const ready = told.find((event) => event.type === 'ready')
    return { ...prompt, started: true, from: this.#from, given: ready?.offset ?? prompt.given }
  }

  async tell(prompt: Prompt, end = new AbortController(), stop: (event: PromptEvent) => PromptEnd | null = () => null) {
    const told: PromptEvent[] = []
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(60_000)])
    for await (const event of this.#driven.driver().prompt(prompt, signal)) {
      told.push(event)
      if (event.type === 'started') this.#started = true
      if (event.type === 'ready') this.#before = { key: prompt.key, offset: event.offset }
      if (event.type === 'output' && event.stream === 'out') this.#keep(event)
      // What speaks a protocol prints none of it.
      if (event.type === 'delta') this.output = Buffer.concat([this.output, Buffer.from(event.text)])
      const how = end.signal.aborted ? null : stop(event)
      if (how) end.abort(how)
    }
    return told
  }

  #keep({ offset, bytes }: Extract<PromptEvent, { type: 'output' }>): void {
    const fresh = bytes.subarray(Math.max(this.#from - offset, 0))
    assert.ok(offset <= this.#from, `no byte between ${this.#from} and ${offset} is missing`)
    this.output = Buffer.concat([this.output, fresh])
    this.#from += fresh.length
  }
}

const order: ReadonlySet<string> = new Set(['started', 'ready', 'message', 'done', 'exited', 'asks'])
const typesOf = (told: readonly PromptEvent[]): string[] => told.map(({ type }) => type)
const answerOf = (told: readonly PromptEvent[]): string =>
  told.findLast((event) => event.type === 'message')?.content ?? ''
const prints = (log: Log, text: string, how: PromptEnd) => () => (log.output.includes(text) ? how : null)

function giving(open: OpenDriven): void {
  test('a prompt is told in order: its process, that it is ready, its answer, its end', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const { keeps } = driven.driver()
    for (const text of ['one é 漢', 'two']) {
      const told = await log.tell(log.prompt(driven.words.says(text)))
      const types = typesOf(told).filter((type) => order.has(type))
      const ends = keeps ? ['ready', 'message', 'done'] : ['message', 'done', 'exited']
      assert.deepEqual(types, ['started', ...ends])
      assert.equal(answerOf(told), text)
      assert.equal(told.find((event) => event.type === 'done')?.ok, true)
    }
  })

  test('a prompt that has ended is told again when it is given again, and done once', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const [marks, goOn] = [join(driven.folder, 'marks'), join(driven.folder, 'go')]
    writeFileSync(goOn, '')
    const prompt = log.prompt(driven.words.waits(marks, goOn))
    const told = await log.tell(prompt)
    const again = await log.tell(log.again(prompt, told))
    assert.equal(answerOf(again), answerOf(told))
    assert.equal(readFileSync(marks, 'utf8'), 'x\n')
  })

  test('a process that the log has and the host has not is not found, and none is started for it', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const prompt = log.prompt(driven.words.says('never'), { started: true })
    await assert.rejects(log.tell(prompt), refused('not_found'))
    await assert.rejects(log.tell({ ...prompt, given: 5 }), refused('not_found'))
  })
}

function leaving(open: OpenDriven): void {
  test('a prompt that is left is taken up by the next server: done once, no byte missing', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const [marks, goOn] = [join(driven.folder, 'marks'), join(driven.folder, 'go')]
    const prompt = log.prompt(driven.words.waits(marks, goOn))
    const left = await log.tell(prompt, new AbortController(), prints(log, 'begun', 'leave'))
    assert.ok(!left.some(({ type }) => type === 'done' || type === 'exited'), typesOf(left).join())
    const going = log.tell(log.again(prompt, left))
    writeFileSync(goOn, '')
    const told = await going
    assert.equal(told.find((event) => event.type === 'done')?.ok, true)
    assert.equal(answerOf(told), 'begun\nended')
    assert.equal(readFileSync(marks, 'utf8'), 'x\n')
  })

  test('a prompt that is left at each word of its driver is done once', async (t) => {
    const driven = open(t)
    const [marks, goOn] = [join(driven.folder, 'marks'), join(driven.folder, 'go')]
    writeFileSync(goOn, '')
    const log = new Log(driven)
    for (let words = 1, isDone = false; !isDone; words += 1) {
      log.begin()
      const prompt = log.prompt(driven.words.waits(marks, goOn))
      let heard = 0
      const left: PromptEvent[] = []
      // The generator is dropped, as by a server that is killed.
      for await (const event of driven.driver().prompt(prompt, new AbortController().signal)) {
        left.push(event)
        heard += 1
        if (heard === words) break
      }
      isDone = left.some(({ type }) => type === 'done')
      const told = await log.tell({ ...log.again(prompt, left), from: 0 })
      assert.equal(answerOf(told), 'begun\nended', `left after ${words} events`)
      assert.equal(readFileSync(marks, 'utf8'), 'x\n'.repeat(words), `left after ${words} events`)
    }
  })
}

function ending(open: OpenDriven): void {
  test('an interrupted prompt ends soon, and the next one is done', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const { keeps } = driven.driver()
    const [marks, goOn] = [join(driven.folder, 'marks'), join(driven.folder, 'go')]
    const prompt = log.prompt(driven.words.waits(marks, goOn))
    const told = await log.tell(prompt, new AbortController(), prints(log, 'begun', 'interrupt'))
    assert.ok(!told.some((event) => event.type === 'done' && event.ok), typesOf(told).join())
    // A shell that is just starting a command may miss the keys, and hears the first signal.
    const by = keeps
      ? told.find((event) => event.type === 'interrupted')?.by
      : told.find((event) => event.type === 'exited')?.signal
    assert.match(by ?? '', keeps ? /^(keys|cancel|SIGINT)$/ : /^SIGINT$/)
    assert.equal(answerOf(await log.tell(log.prompt(driven.words.says('on')))), 'on')
    assert.ok(!existsSync(goOn))
  })

  test('a program that ends while it works tells how, behind all that it printed', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const told = await log.tell(log.prompt(driven.words.exits(7)))
    const last = told.at(-1)
    assert.deepEqual(last?.type === 'exited' && [last.code, last.signal], [7, null])
    assert.ok(!told.some((event) => event.type === 'done' && event.ok))
    log.begin()
    assert.equal(answerOf(await log.tell(log.prompt(driven.words.says('again')))), 'again')
  })

  test('images without a form for them are refused before the prompt is given', async (t) => {
    const driven = open(t)
    const log = new Log(driven)
    const told: PromptEvent[] = []
    const prompt = log.prompt(driven.words.says('seen'), { images: [join(driven.folder, 'a.png')] })
    await assert.rejects(
      async () => {
        for await (const event of driven.driver().prompt(prompt, new AbortController().signal)) told.push(event)
      },
      refused('invalid', 'images'),
    )
    // What an agent takes it says when it has been started.
    if (driven.driver().name !== 'acp') assert.deepEqual(told, [])
    assert.ok(!told.some(({ type }) => ['ready', 'message', 'done'].includes(type)), typesOf(told).join())
  })
}

export function driverSuite(name: string, open: OpenDriven): void {
  describe(`${name} keeps the contract of drivers`, { concurrency: 1 }, () => {
    giving(open)
    leaving(open)
    ending(open)
  })
}
