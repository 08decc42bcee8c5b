// The campaign `hostile-prompts`: real agents get prompts that could be taken for something else, as many as are installed.

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { headlessCall } from '../packages/daybook/src/program/call.ts'
import type { ProgramEvent } from '../packages/daybook/src/program/contract.ts'
import { readerOf } from '../packages/daybook/src/program/formats/reader.ts'
import { readPrograms } from '../packages/daybook/src/program/programs-file.ts'
import type { Program as Configured } from '../packages/daybook/src/program/resolve.ts'
import { longestArgument } from '../packages/daybook/src/program/template.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'
import { answer, OneAnswer } from './lib/one-answer.ts'
import { isInstalled, type Program, prepare, programs } from './lib/programs.ts'

const models: Readonly<Record<string, string>> = {
  codex: 'gpt-5.1-codex',
  gemini: 'gemini-2.5-flash',
  opencode: 'proof/any',
  qwen: 'qwen3-vl-plus',
}

/** The smallest PNG. */
const image = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** What an option, a template, a shell or a line of arguments could be taken for; the last is too long for an argument. */
const prompts: readonly string[] = [
  '--first {resume} "quoted" \'and\' $(id) `id` \\n',
  '-second\nline with é, 日本 and 👩‍💻',
  '-c',
  `third ${'x'.repeat(longestArgument)}`,
]

export const hostilePrompts: Campaign = {
  name: 'hostile-prompts',
  proves:
    'Each agent whose program is installed is given prompts as the programs file says, new and resumed, as argument and by standard input, with two images: its request holds every prompt of the session as it was written, and our reader finds its session, its answer and its end in what it printed.',
  full: 6,
  short: 3,
  run,
}

async function run({ rounds, folder, log }: Settings): Promise<Result> {
  const counter = new Counter('prompts given', 'earlier prompts found in a request')
  const read = readPrograms('{}', folder)
  if (!read.ok) throw new Error(`the known programs cannot be read: ${read.fault.why}`)
  const missing = programs.filter(({ agent }) => !isInstalled(agent))
  const present = programs.filter((program) => !missing.includes(program))
  const count = present.length === 0 ? 0 : rounds
  let failed = 0
  for (let round = 0; round < count; round += 1) {
    const program = present[round % present.length] as Program
    const configured = read.set.get(program.agent)
    if (configured === undefined) throw new Error(`${program.agent} is not configured`)
    const problems = await talked(program, configured, join(folder, String(round)), counter)
    if (problems.length === 0) continue
    failed += 1
    describeProblems(`round ${round}, ${program.agent}`, problems, log)
  }
  const skipped = missing.map(({ agent }) => `${agent} is not on the PATH`)
  return { rounds: count, failed, counts: counter.all, skipped }
}

/** One session of all prompts, each a process of its own. */
async function talked(program: Program, configured: Configured, home: string, counter: Counter): Promise<string[]> {
  const workdir = join(home, 'app')
  mkdirSync(workdir, { recursive: true })
  const images = ['one.png', 'two.png'].map((name) => join(workdir, name))
  for (const path of images) writeFileSync(path, image)
  await using model = new OneAnswer()
  const url = await model.listen()
  prepare(home, program.settings(url))
  let token: string | null = null
  for (const [index, prompt] of prompts.entries()) {
    const before = model.asked.length
    const values = { prompt, images: index === 1 ? images : [], token, workdir, session: 'proof', state: home }
    const call = headlessCall(configured, { ...values, model: models[program.agent] ?? 'any' })
    const { events, fault } = await given(configured, call, { ...program.env(url), HOME: home }, workdir)
    if (fault !== '') return [`prompt ${index}: ${fault}`]
    const found: string | null = events.find((event) => event.type === 'token')?.token ?? null
    const problems = [
      ...wrong(events),
      ...(token !== null && found !== token ? [`the session ${token} became ${found}`] : []),
      ...unheard(model.asked.slice(before), prompts.slice(0, index + 1), values.images.length),
    ]
    if (problems.length > 0) return problems.map((one) => `prompt ${index}: ${one}`)
    counter.add('prompts given')
    counter.add('earlier prompts found in a request', index)
    token = found
  }
  return []
}

interface Given {
  readonly events: readonly ProgramEvent[]
  readonly fault: string
}

async function given(
  { bin, headless }: Configured,
  { args, input }: { readonly args: readonly string[]; readonly input: string | null },
  env: object,
  cwd: string,
): Promise<Given> {
  const child = spawn(bin, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', ...env },
    signal: AbortSignal.timeout(120_000),
    killSignal: 'SIGKILL',
  })
  const { promise, resolve } = Promise.withResolvers<string>()
  child.on('error', (error) => resolve(error.message))
  child.on('close', (code) => resolve(code === 0 ? '' : `exit ${code}`))
  child.stdin.on('error', (error) => resolve(error.message))
  child.stdin.end(input ?? '')
  const [out, err, fault] = await Promise.all([text(child.stdout), text(child.stderr), promise])
  if (fault !== '') return { events: [], fault: `${fault}: ${err.slice(-1000)}` }
  const reader = readerOf(headless?.format ?? 'text')
  const lines = out.split('\n').filter((line) => line.trim() !== '')
  return { events: [...lines.flatMap((line) => reader.push(line)), ...reader.end()], fault: '' }
}

/** What of an answer is not in the events. */
function wrong(events: readonly ProgramEvent[]): string[] {
  const said = events.find((event) => event.type === 'message' && event.final)
  const ends = events.filter((event) => event.type === 'done')
  return [
    ...(events.some(({ type }) => type === 'token') ? [] : ['no token was told']),
    ...(said?.type === 'message' && said.content === answer ? [] : [`the answer is ${JSON.stringify(said)}`]),
    ...(ends.length === 1 && ends[0]?.ok ? [] : [`its end is ${JSON.stringify(ends)}`]),
    ...(events.some(({ type }) => type === 'usage') ? [] : ['no usage was told']),
  ]
}

/** Prompts, and how many images, that the model was not asked with. */
function unheard(asked: readonly unknown[], said: readonly string[], images: number): string[] {
  const texts = asked.flatMap(stringsIn)
  const problems = said
    .filter((one) => !texts.some((each) => each.startsWith(one)))
    .map((one) => `the model did not hear ${JSON.stringify(one.slice(0, 100))}`)
  // Qwen Code makes JPEGs of them.
  const pictures = texts.filter((one) => /iVBORw0KGgo|^data:image\/jpeg;base64,/.test(one)).length
  return pictures < images ? [...problems, `${pictures} images were sent, not ${images}`] : problems
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
