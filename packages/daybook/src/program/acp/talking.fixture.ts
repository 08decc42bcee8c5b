// What tests of the driver for agents share: our own small agent on a process host, given prompts as the engine gives them.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { acpDriver } from '../acp.ts'
import type { Words } from '../conformance.fixture.ts'
import type { Asks, ProgramDriver, ProgramMessage, Prompt, PromptEnd, PromptEvent, Reply } from '../contract.ts'
import type { ProcessHost } from '../host/contract.ts'
import { inlineHost } from '../host/inline.ts'
import { readPrograms } from '../programs-file.ts'
import type { Program } from '../resolve.ts'

const agent = fileURLToPath(new URL('./agent.fixture.ts', import.meta.url))

/** The small agent as a programs file names it; the ways in which it differs are arguments. */
export function agentSettings(ways: readonly string[]): object {
  const replays = ways.includes('late') ? 'late' : 'yes'
  return { bin: process.execPath, acp: { argv: [agent, ...ways], replays_history: replays } }
}

type Done = Extract<PromptEvent, { type: 'done' }>
type Exited = Extract<PromptEvent, { type: 'exited' }>

/** What became of one prompt. */
export class Turn {
  readonly events: PromptEvent[] = []

  get messages(): readonly ProgramMessage[] {
    return this.events.filter((event) => event.type === 'message')
  }

  get said(): readonly string[] {
    return this.messages.flatMap(({ role, content }) => (role === 'assistant' && content !== '' ? [content] : []))
  }

  get asks(): Asks | null {
    const last = this.events.at(-1)
    return last?.type === 'asks' ? last.asks : null
  }

  get done(): Done | undefined {
    return this.events.find((event): event is Done => event.type === 'done')
  }

  get exited(): Exited | undefined {
    return this.events.find((event): event is Exited => event.type === 'exited')
  }

  get types(): readonly string[] {
    return this.events.map(({ type }) => type)
  }
}

export interface Given {
  /** Given again under the same number it is the same prompt. */
  readonly number: number
  readonly text: string | null
  readonly images?: readonly string[]
  readonly replies?: readonly Reply[]
  /** Aborted with a {@link PromptEnd}. */
  readonly end?: AbortSignal
  /** Told of each event as it comes. */
  readonly told?: (event: PromptEvent) => void
}

/** A session of ours with the agent, as its log would know it. */
export class Talking {
  readonly folder: string
  readonly host: ProcessHost
  readonly driver: ProgramDriver
  token: string | null = null
  readonly #answerMs: number
  #process = 1
  #started = false
  #ready = new Map<number, number>()
  #before: Prompt['before'] = null

  constructor(t: TestContext, ways: readonly string[] = [], more: Partial<Program> = {}, answerMs = 20_000) {
    this.#answerMs = answerMs
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-acp-')))
    this.host = inlineHost({ folder: join(this.folder, 'host') })
    t.after(async () => {
      await this.host.close()
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
    })
    this.driver = this.driverOf(ways, more)
  }

  driverOf(ways: readonly string[], more: Partial<Program> = {}): ProgramDriver {
    const read = readPrograms(JSON.stringify({ programs: { small: agentSettings(ways) } }), this.folder)
    const small = read.ok ? read.set.get('small') : undefined
    if (!small) throw new Error('the settings of the small agent are wrong')
    const find = () => Promise.resolve({ path: process.execPath })
    const setting = {
      host: this.host,
      state: this.folder,
      env: process.env,
      find,
      patience: { answerMs: this.#answerMs, cancelMs: 1000 },
    }
    return acpDriver({ ...setting, program: { ...small, ...more } })
  }

  /** Its next prompt goes to a process of its own, as after an end. */
  begin(): void {
    this.#process += 1
    this.#started = false
    this.#before = null
  }

  async give(given: Given, driver = this.driver): Promise<Turn> {
    const turn = new Turn()
    const { number, text, images = [], replies = [], end = new AbortController().signal } = given
    const key = `run${number} acp`
    const prompt: Prompt = {
      ...{ key, process: `ses1/prc${this.#process}`, text, images, workdir: this.folder, session: 'ses1' },
      ...{ token: this.token, started: this.#started, given: this.#ready.get(number) ?? null },
      ...{ before: this.#before, from: 0, replies },
    }
    for await (const event of driver.prompt(prompt, end)) {
      turn.events.push(event)
      if (event.type === 'started') this.#started = true
      if (event.type === 'token') this.token = event.token
      if (event.type === 'ready') this.#ready.set(number, event.offset)
      given.told?.(event)
      if (event.type === 'asks') break
    }
    const offset = this.#ready.get(number)
    if (offset !== undefined) this.#before = { key, offset }
    return turn
  }

  /** A prompt that is left or interrupted as soon as something of that kind is told. */
  async ended(given: Given, how: PromptEnd, at: (event: PromptEvent) => boolean): Promise<Turn> {
    const end = new AbortController()
    const told = (event: PromptEvent): void => {
      if (at(event)) end.abort(how)
    }
    return this.give({ ...given, end: end.signal, told })
  }
}

/** Paths may hold blanks, which part the words of a prompt. */
const coded = (path: string): string => Buffer.from(path).toString('base64url')

export const agentWords: Words = {
  says: (text) => `echo ${text}`,
  waits: (marks, goOn) => `mark ${coded(marks)} ${coded(goOn)}`,
  exits: (code) => `exit ${code}`,
}
