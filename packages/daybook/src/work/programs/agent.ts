// A program as an agent: a run is one prompt to it, and its process may outlive whoever performs the run.

import type { LiveProgram, LivePrograms, PromptEnd, PromptEvent } from '../../program/contract.ts'
import { isDaybookError } from '../../schema/errors.ts'
import type { Hash } from '../../schema/ids.ts'
import type { Json } from '../../schema/json.ts'
import { idIn } from '../begin.ts'
import { RunFailure } from '../failure.ts'
import type { Agent, Agents, Turn } from '../performer.ts'
import { boundTo, totalBefore } from './bound.ts'
import { type Asked, promptOf } from './prompt.ts'
import { Telling } from './telling.ts'
import { difference } from './usage.ts'
import { Verdict } from './verdict.ts'

/** Raw output that is kept beside the messages that were made of it, in bytes. */
const capturedBytes = 8_388_608

/** Keeps what a program printed, without its secrets; gives the hash of the blob. */
export type Keep = (printed: Uint8Array) => Promise<Hash>

interface Setting {
  readonly turn: Turn
  readonly program: LiveProgram
  readonly keep: Keep
}

/** These agents, then the programs as they are at each look; an agent's name goes before a program's. */
export function withPrograms(agents: Agents, programs: LivePrograms, keep: Keep): Agents {
  const agentOf = (program: LiveProgram): Agent => ({
    name: program.name,
    kind: 'program',
    description: program.description,
    tells: true,
    perform: (turn) => perform(turn, program, keep),
  })
  return {
    list: () => {
      const others = programs.list().filter(({ name }) => !agents.get(name))
      return [...agents.list(), ...others.map(agentOf)]
    },
    get(name) {
      const program = programs.get(name)
      return agents.get(name) ?? (program && agentOf(program))
    },
  }
}

async function perform(turn: Turn, program: LiveProgram, keep: Keep): Promise<Json> {
  const asked = promptOf(turn.input)
  // Given again after a restart, the step finds the process of the first attempt by its key.
  return turn.step('prompt', ({ key }) => prompt({ turn, program, keep }, asked, key), {
    input: { program: program.name, driver: program.driver.name },
    idempotent: true,
    leavable: true,
  })
}

async function prompt({ turn, program, keep }: Setting, asked: Asked, key: string): Promise<Json> {
  const { session, run } = turn
  const { driver } = program
  const bound = await boundTo(session, program.name, driver.name)
  const workdir = await program.workdir(bound.workdir)
  if (bound.binding?.config_hash !== program.hash || bound.binding.driver !== driver.name) {
    const data = { program: program.name, driver: driver.name, workdir: bound.workdir, config_hash: program.hash }
    await session.append({ kind: 'program.bound', data, run }, { key: `${key} bound` })
  }
  const process = idIn(run, 'prc', 'prompt')
  const telling = await Telling.begin({ session, run, process, program, workdir, key }, bound.token)
  const given = { ...asked, key: `${session.id}/${key}`, workdir, session: session.id, token: bound.token }
  if (!telling.started) await driver.tidy(session.id, given.key)
  const patience = new Patience(turn.signal, program)
  try {
    const verdict = new Verdict(program.name)
    for await (const event of driver.prompt({ ...given, started: telling.started }, patience.signal)) {
      patience.heard()
      await tell(event, telling, verdict)
      if (event.type === 'exited') await answered(turn, program, telling, verdict)
      if (event.type === 'exited') {
        const printed = verdict.structured ? await driver.printed(given.key, capturedBytes) : null
        await telling.end(event, printed && printed.length > 0 ? await keep(printed) : null)
      }
    }
    await telling.told()
    return verdict.result(patience.over, process)
  } catch (error) {
    telling.leave()
    if (isDaybookError(error) && error.code === 'not_found')
      throw new RunFailure('lost', `${program.name}: ${error.message}`)
    throw error
  } finally {
    patience.end()
  }
}

/** The last message, with what the prompt has cost. */
async function answered(
  { session, run }: Turn,
  { name }: LiveProgram,
  telling: Telling,
  verdict: Verdict,
): Promise<void> {
  const { last, used, total } = verdict
  if (!last) return
  const before = total ? await totalBefore(session, name, run) : null
  telling.message(last, total ? { usage: difference(total, before), total } : used ? { usage: used } : {})
}

async function tell(event: PromptEvent, telling: Telling, verdict: Verdict): Promise<void> {
  const before = verdict.see(event)
  if (before) telling.message(before)
  switch (event.type) {
    case 'started':
      return telling.start(event.start, event.start.version)
    case 'token':
      return telling.token(event.token, event.printed ? 'output' : 'protocol')
    case 'output':
      return telling.output(event.stream, event.offset, event.bytes)
    case 'foreign':
      return telling.foreign(event.kind, event.record)
    default:
  }
}

/** How long a prompt may take, and how it is ended: by whoever cancels its run, by its own limits, or only left. */
class Patience {
  /** Why it was ended by a limit; null while it was not. */
  over: 'timeout' | 'idle_timeout' | null = null
  readonly #end = new AbortController()
  readonly #idleMs: number
  readonly #whole: NodeJS.Timeout
  #idle: NodeJS.Timeout

  constructor(turn: AbortSignal, { timeoutMs, idleMs }: LiveProgram) {
    this.#idleMs = idleMs
    this.#whole = setTimeout(() => this.#give('timeout'), timeoutMs)
    this.#idle = setTimeout(() => this.#give('idle_timeout'), idleMs)
    const left = (): void => {
      const ended = turn.reason === 'cancelled' || turn.reason === 'timeout'
      this.#end.abort((ended ? 'interrupt' : 'leave') satisfies PromptEnd)
    }
    if (turn.aborted) left()
    else turn.addEventListener('abort', left, { once: true })
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  heard(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.#give('idle_timeout'), this.#idleMs)
  }

  end(): void {
    clearTimeout(this.#whole)
    clearTimeout(this.#idle)
  }

  #give(why: 'timeout' | 'idle_timeout'): void {
    this.over ??= why
    this.#end.abort('interrupt' satisfies PromptEnd)
  }
}
