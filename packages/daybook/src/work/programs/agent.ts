// A program as an agent: a run is one prompt to it, and its process may outlive whoever performs the run.

import type { Asks, LiveProgram, LivePrograms, ProgramDriver, Reply } from '../../program/contract.ts'
import type { Json } from '../../schema/json.ts'
import { RunFailure } from '../failure.ts'
import type { Agent, Agents, Turn } from '../performer.ts'
import { boundTo } from './bound.ts'
import { give, type Keep, type Lives, type Told } from './giving.ts'
import { type Asked, promptOf } from './prompt.ts'

/** These agents, then the programs as they are at each look; an agent's name goes before a program's. */
export function withPrograms(
  agents: Agents,
  programs: LivePrograms,
  keep: Keep,
  lives: Lives = () => undefined,
): Agents {
  const agentOf = (program: LiveProgram): Agent => ({
    name: program.name,
    kind: 'program',
    description: program.description,
    tells: true,
    converses: program.converses,
    perform: (turn) => perform({ turn, program, programs, keep, lives }),
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
    faults: () => agents.faults?.() ?? [],
  }
}

interface Setting {
  readonly turn: Turn
  readonly program: LiveProgram
  readonly programs: LivePrograms
  readonly keep: Keep
  readonly lives: Lives
}

async function perform(setting: Setting): Promise<Json> {
  const { turn, program } = setting
  const asked = promptOf(turn.input)
  const refusals: Refusal[] = []
  for (const driver of await driversFor(turn, program, asked)) {
    const told = await through(setting, driver, asked)
    if (!('fell_back' in told)) return told
    refusals.push({ driver: driver.name, ...told.fell_back })
  }
  throw refusedBy(refusals)
}

interface Refusal {
  readonly driver: string
  readonly code: string
  readonly message: string
}

/** With what each of them said: the last one alone is often the one that was not meant. */
function refusedBy(refusals: readonly Refusal[]): RunFailure {
  const [only, ...more] = refusals
  const said = refusals.map(({ driver, message }) => `through ${driver}: ${message}`).join('; ')
  return new RunFailure(
    'error',
    more.length === 0 ? (only?.message ?? said) : said,
    refusals.at(-1)?.code ?? 'program_failed',
  )
}

type Drivers = LiveProgram['drivers']

/** The one that is asked for or that the session is bound to; else all, in their order. */
async function driversFor({ session }: Turn, { name, drivers }: LiveProgram, asked: Asked): Promise<Drivers> {
  const wanted = asked.driver ?? (await boundTo(session, name)).binding?.driver
  const at = drivers.findIndex((driver) => driver.name === wanted)
  if (at < 0 && asked.driver !== null) {
    throw new RunFailure('refused', `${name} is not driven through ${asked.driver} here`, 'invalid')
  }
  const [first = drivers[0], ...others] = at < 0 ? drivers : drivers.slice(at, asked.driver ? at + 1 : undefined)
  return [first, ...others]
}

/** One prompt through one driver, with all that the program asks meanwhile. */
async function through(setting: Setting, driver: ProgramDriver, asked: Asked): Promise<Exclude<Told, { asks: Asks }>> {
  const { turn, program } = setting
  const replies: Reply[] = []
  for (;;) {
    const options = { input: { program: program.name, driver: driver.name }, idempotent: true, leavable: true }
    const name = replies.length === 0 ? `prompt through ${driver.name}` : `reply through ${driver.name}`
    // Given again after a restart, the step goes on with the process of the first attempt.
    const told: Told = await turn.step(
      name,
      ({ attempt }) => give({ ...setting, driver, replies: [...replies], first: attempt === 1 }, asked),
      options,
    )
    if (!('asks' in told)) return told
    replies.push(await replyTo(turn, told.asks))
  }
}

/** Whoever may decide is asked; nothing is permitted by silence. */
async function replyTo(turn: Turn, { id, kind, summary, input }: Asks): Promise<Reply> {
  if (kind === 'question') {
    const answer = await turn.ask(summary)
    return { id, answer: typeof answer === 'string' ? answer : JSON.stringify(answer) }
  }
  try {
    const what = input === undefined ? {} : { input }
    await turn.step(`permit ${id}`, () => undefined, { ...what, summary, risk: 'high', idempotent: true })
    return { id, answer: true }
  } catch (error) {
    if (error instanceof RunFailure && (error.reason === 'denied' || error.reason === 'expired')) {
      return { id, answer: false }
    }
    throw error
  }
}
