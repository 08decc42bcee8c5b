// The commands of a talk: lines that begin with a slash.

import { inputOf } from '../format/run.ts'
import { money } from '../format/session.ts'
import { count } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import { nearest } from '../grammar.ts'
import type { Talk } from './talk.ts'

interface Spoken {
  readonly takes: string
  readonly help: string
  perform(talk: Talk, rest: string): Promise<void>
}

const spoken: Readonly<Record<string, Spoken>> = {
  agent: { takes: '[name]', help: 'who there is, or who goes on from here', perform: agent },
  model: {
    takes: '[name]',
    help: 'which models there are, or what is asked from here; off: what agents name',
    perform: model,
  },
  again: { takes: '', help: 'ask the last message once more, in its place', perform: (talk) => talk.again() },
  fork: { takes: '', help: 'go on in a fork of this session', perform: fork },
  queue: { takes: '', help: 'what waits for its turn', perform: queue },
  approve: {
    takes: '[reason]',
    help: 'let the run go on',
    perform: (talk, rest) => talk.decide('approved', orNone(rest)),
  },
  deny: {
    takes: '[reason]',
    help: 'refuse what it asks for',
    perform: (talk, rest) => talk.decide('denied', orNone(rest)),
  },
  context: { takes: '', help: 'what the next call of the model is made of', perform: context },
  cost: { takes: '', help: 'tokens and money of this session', perform: cost },
  help: { takes: '', help: 'these lines', perform: help },
  quit: { takes: '', help: 'leave; what is under way goes on', perform: async (talk) => talk.leave() },
}

export async function performCommand(talk: Talk, line: string): Promise<void> {
  const [, name = '', rest = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(line) ?? []
  const command = Object.hasOwn(spoken, name) ? spoken[name] : undefined
  if (command) return command.perform(talk, rest.trim())
  const near = nearest(name, Object.keys(spoken))
  talk.say(
    `there is no /${oneLine(name)}${near === undefined ? '; /help says what there is' : `; nearest: /${near}`}`,
    'red',
  )
}

function orNone(text: string): string | undefined {
  return text === '' ? undefined : text
}

async function help(talk: Talk): Promise<void> {
  for (const [name, { takes, help }] of Object.entries(spoken)) {
    talk.say(`${`/${name} ${takes}`.trimEnd().padEnd(18)}${help}`)
  }
  talk.say('Ctrl-C interrupts the turn, twice leaves; ↑ brings back what was typed', 'dim')
}

async function agent(talk: Talk, name: string): Promise<void> {
  const agents = await talk.backend.runs.agents()
  if (name === '') {
    const current = talk.session?.current_agent
    for (const each of agents) {
      talk.say(`${each.name === current ? '*' : ' '} ${oneLine(each.name).padEnd(16)}${oneLine(each.description)}`)
    }
    return
  }
  if (!agents.some((each) => each.name === name)) {
    const near = nearest(
      name,
      agents.map((each) => each.name),
    )
    return talk.say(`there is no agent ${oneLine(name)}${near === undefined ? '' : `; nearest: ${near}`}`, 'red')
  }
  if (!talk.session) return talk.say('say something first: that opens the session', 'dim')
  await talk.backend.session(talk.session.session_id).handoff(name, 'a person chose')
}

async function fork(talk: Talk): Promise<void> {
  if (!talk.session) return talk.say('there is nothing to fork yet', 'dim')
  await talk.enter(await talk.backend.session(talk.session.session_id).fork())
}

async function queue(talk: Talk): Promise<void> {
  const { runs } = talk.session ? await talk.backend.runs.queue(talk.session.session_id) : { runs: [] }
  if (runs.length === 0) return talk.say('nothing waits', 'dim')
  for (const run of runs) talk.say(`${String(run.position).padStart(3)}  ${inputOf(run)}`)
}

async function model(talk: Talk, name: string): Promise<void> {
  const { backend, session } = talk
  if (name === '') return models(talk)
  if (!session) return talk.say('say something first: that opens the session', 'dim')
  talk.session = await backend.session(session.session_id).update({ model: name === 'off' ? null : name })
}

async function models(talk: Talk): Promise<void> {
  const { runs } = talk.backend
  const [{ standard, why, models, others }, agents] = await Promise.all([runs.models(), runs.agents()])
  const current = agents.find(({ name }) => name === (talk.session?.current_agent ?? 'orchestrator'))
  const [asked = standard] = talk.session?.model === undefined ? (current?.models ?? []) : [talk.session.model]
  const names = new Set([...(asked === null ? [] : [asked]), ...models.map(({ name }) => name)])
  for (const name of names) talk.say(`${name === asked ? '*' : ' '} ${oneLine(name)}`)
  for (const other of others) talk.say(`  ${oneLine(other.name)}   ${oneLine(other.why)}`, 'dim')
  if (why !== undefined) talk.say(oneLine(why), 'dim')
}

async function context(talk: Talk): Promise<void> {
  const tail = talk.session?.tail
  if (tail === undefined) return talk.say('nothing was said yet', 'dim')
  const next = await talk.backend.session(talk.session?.session_id ?? '').context()
  talk.say(`${next.agent} would send ${count(next.tokens)} of ${count(next.budget)} tokens to ${next.model}`)
  for (const { kind, tokens, why } of next.parts) {
    talk.say(`  ${kind.padEnd(14)}${count(tokens).padStart(8)}  ${oneLine(why)}`)
  }
  talk.say(`${talk.context.me} show ${tail} --context   prints every word of it`, 'dim')
}

async function cost(talk: Talk): Promise<void> {
  if (!talk.session) return talk.say('nothing was spent', 'dim')
  const metrics = await talk.backend.session(talk.session.session_id).view('metrics')
  talk.say(`${count(metrics.total_tokens)} tokens${metrics.cost === 0 ? '' : `, ${money(metrics.cost)}`}`)
}
