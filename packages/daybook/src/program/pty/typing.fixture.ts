// What tests of programs in a terminal share: one process of a known program, given prompts as the log gives them.

import type { TestContext } from 'node:test'
import type { ProgramDriver, Prompt, PromptEnd, PromptEvent } from '../contract.ts'
import { openHost, programOf, settingOf } from '../driving.fixture.ts'
import { findProgram } from '../find.ts'
import type { ProcessHost } from '../host/contract.ts'
import { ptyDriver } from './driver.ts'

export interface Told {
  readonly events: readonly PromptEvent[]
  readonly answer: string | undefined
  readonly done: Extract<PromptEvent, { type: 'done' }> | undefined
  readonly asks: string | undefined
  readonly interrupted: string | undefined
}

export class Typed {
  readonly host: ProcessHost
  readonly folder: string
  readonly driver: ProgramDriver
  #prompts = 0
  #from = 0
  #last: Prompt | null = null

  constructor(t: TestContext, name: string, said: object = {}) {
    const { host, folder } = openHost(t)
    this.host = host
    this.folder = folder
    this.driver = ptyDriver(settingOf(programOf(name, said), host, folder))
  }

  /** Given a text: the next prompt; without one: the last again, with these replies. */
  async tell(
    text: string | null,
    more: Partial<Prompt> = {},
    stop: (event: PromptEvent) => PromptEnd | null = () => null,
  ): Promise<Told> {
    this.#prompts += 1
    const base = { process: 'session/process', text, images: [], workdir: this.folder, session: 'session', token: null }
    const known = { started: this.#prompts > 1, given: null, before: null, from: this.#from, replies: [] }
    const prompt: Prompt = { key: `run${this.#prompts}`, ...base, ...known, ...more }
    return this.#told(prompt, stop)
  }

  /** The last prompt, given again with what was answered meanwhile. */
  again(more: Partial<Prompt> = {}): Promise<Told> {
    if (!this.#last) throw new Error('there was no prompt')
    return this.#told({ ...this.#last, from: this.#from, ...more }, () => null)
  }

  async #told(prompt: Prompt, stop: (event: PromptEvent) => PromptEnd | null): Promise<Told> {
    const end = new AbortController()
    const events: PromptEvent[] = []
    this.#last = { ...prompt, started: true }
    for await (const event of this.driver.prompt(prompt, AbortSignal.any([end.signal, AbortSignal.timeout(60_000)]))) {
      events.push(event)
      if (event.type === 'output') this.#from = event.offset + event.bytes.length
      if (event.type === 'ready') this.#last = { ...this.#last, given: event.offset }
      const how = end.signal.aborted ? null : stop(event)
      if (how) end.abort(how)
    }
    const find = <T extends PromptEvent['type']>(type: T) =>
      events.findLast((event): event is Extract<PromptEvent, { type: T }> => event.type === type)
    return {
      events,
      answer: find('message')?.content,
      done: find('done'),
      asks: find('asks')?.asks.summary,
      interrupted: find('interrupted')?.by,
    }
  }
}

/** Interrupts once this was printed. */
export function after(text: string): (event: PromptEvent) => PromptEnd | null {
  let printed = ''
  return (event) => {
    if (event.type === 'output') printed += Buffer.from(event.bytes).toString()
    return printed.includes(text) ? 'interrupt' : null
  }
}

export async function isHere(name: string): Promise<boolean> {
  return findProgram(programOf(name), process.env).then(
    () => true,
    () => false,
  )
}
