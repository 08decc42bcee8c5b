// The campaign `resume`: sessions written for other agents are resumed by their real programs, as many as are installed.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSessions } from '../packages/daybook/src/session/sessions.ts'
import { memoryStore } from '../packages/daybook/src/store/memory.ts'
import { adopt } from '../packages/daybook/src/transcripts/adopt.ts'
import { codex } from '../packages/daybook/src/transcripts/codex.ts'
import type { TranscriptReader } from '../packages/daybook/src/transcripts/contract.ts'
import { gemini } from '../packages/daybook/src/transcripts/gemini.ts'
import { opencode } from '../packages/daybook/src/transcripts/opencode.ts'
import { qwen } from '../packages/daybook/src/transcripts/qwen.ts'
import { toldOf } from '../packages/daybook/src/transcripts/writing/told.ts'
import { transcriptWriters } from '../packages/daybook/src/transcripts/writing/writers.ts'
import { type Campaign, Counter, describeProblems, type Result, type Settings } from './lib/campaign.ts'
import { answer, OneAnswer } from './lib/one-answer.ts'
import { isInstalled, type Program, perform, prepare, programs } from './lib/programs.ts'

const recordings = fileURLToPath(new URL('../packages/daybook/src/transcripts/recordings', import.meta.url))
const origins = [
  { reader: codex, recording: 'codex-0.169.0' },
  { reader: gemini, recording: 'gemini-0.61.0' },
  { reader: qwen, recording: 'qwen-0.24.4' },
]
const readers: readonly TranscriptReader[] = [codex, gemini, opencode]
const prompt = 'go on where you were'

export const resume: Campaign = {
  name: 'resume',
  proves:
    'Sessions recorded from Codex, Gemini CLI and Qwen Code are written in the form of each agent whose program is installed, put where it belongs, and resumed by that program against a local interface. Its request holds every sentence, call and result in their order, its answer is stored behind them, and our reader finds the new turn in what the program then kept.',
  full: 9,
  short: 3,
  run,
}

async function run({ rounds, folder, log }: Settings): Promise<Result> {
  const written = programs.filter(({ calls }) => calls !== undefined)
  const missing = written.filter(({ agent }) => !isInstalled(agent))
  const present = written.filter((program) => !missing.includes(program))
  const counter = new Counter('sessions resumed', 'texts found in what the program sent')
  let failed = 0
  const count = present.length === 0 ? 0 : rounds
  for (let round = 0; round < count; round += 1) {
    const program = present[round % present.length] as Program
    const origin = origins[Math.floor(round / present.length) % origins.length] as (typeof origins)[number]
    const problems = await resumed(program, origin, join(folder, String(round)), counter)
    if (problems.length === 0) continue
    failed += 1
    describeProblems(`round ${round}, ${origin.recording} with ${program.agent}`, problems, log)
  }
  const skipped = missing.map(({ agent }) => `${agent} is not on the PATH`)
  return { rounds: count, failed, counts: counter.all, skipped }
}

async function resumed(
  program: Program,
  origin: (typeof origins)[number],
  folder: string,
  counter: Counter,
): Promise<readonly string[]> {
  const [home, cwd] = [join(folder, 'home'), join(folder, 'home', 'app')]
  mkdirSync(cwd, { recursive: true })
  await using model = new OneAnswer()
  const url = await model.listen()
  prepare(home, program.settings(url))
  const { texts, id, file } = await writtenFor(program, origin, folder, home, cwd)
  for (const args of program.calls?.(id, file, prompt) ?? []) {
    const { fault, said } = await perform(program.agent, args, home, program.env(url), cwd)
    if (fault !== '') return [`${args[0]}: ${fault}`, said.slice(-2000)]
  }
  const asked = stringsIn(model.asked.findLast((body) => stringsIn(body).some((text) => text.includes(prompt)))).join(
    '\n',
  )
  const problems = absent([...texts, prompt], asked)
  if (problems.length === 0) counter.add('texts found in what the program sent', texts.length)
  problems.push(...absent([...texts, prompt, answer], await readAgain(program, home)).map((one) => `kept: ${one}`))
  if (problems.length === 0) counter.add('sessions resumed')
  return problems
}

/** Adopts a recording, writes it for the program, and puts it where it belongs. */
async function writtenFor(
  program: Program,
  { reader, recording }: (typeof origins)[number],
  folder: string,
  home: string,
  cwd: string,
): Promise<{ texts: readonly string[]; id: string; file: string }> {
  const from = join(folder, 'from')
  cpSync(join(recordings, recording), from, { recursive: true })
  const writer = transcriptWriters.find(({ agent }) => agent === program.agent)
  if (writer === undefined) throw new Error(`nothing is written for ${program.agent}`)
  return withAdopted(reader, from, async (session) => {
    const told = { ...(await toldOf(session, cwd)), cwd }
    const { id, place } = writer.resuming(told)
    const file = place === null ? join(folder, `export${writer.extension}`) : join(home, place)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, (await Array.fromAsync(writer.write(told))).join(''))
    return { texts: await textsOf(session), id, file }
  })
}

type Opened = Awaited<ReturnType<typeof openSessions>>
type Session = Awaited<ReturnType<ReturnType<Opened['within']>['get']>>

/** The largest session of a home, in a store of its own. */
async function withAdopted<T>(
  reader: TranscriptReader,
  home: string,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  await using store = memoryStore()
  await using engine = await openSessions({ store })
  const sessions = engine.within({ tenant: 'default', subjects: ['local'] }, { actor: 'engine:adopt', writer: 'I' })
  await adopt({ readers: [reader], places: { home }, sessions })
  const { items } = await sessions.list({ limit: 50 })
  const [first] = items.toSorted((a, b) => b.messages - a.messages)
  if (first === undefined) throw new Error(`${reader.agent} left nothing in ${home}`)
  return await use(await sessions.get(first.session)) // awaited here: the store is closed behind it
}

/** What was said, called and answered, in order. */
async function textsOf(session: Session): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const { role, content, parts = [] } of (await session.view('history')).messages) {
    if (role === 'system') continue
    if (content !== '') texts.push(content)
    for (const part of parts) {
      if (part.type === 'call') texts.push(part.name)
      if (part.type === 'result' && typeof part.output === 'string') texts.push(part.output)
    }
  }
  return texts
}

async function readAgain({ agent }: Program, home: string): Promise<string> {
  const reader = readers.find((each) => each.agent === agent)
  if (reader === undefined) throw new Error(`nothing reads ${agent}`)
  return withAdopted(reader, home, async (session) => (await textsOf(session)).join('\n'))
}

/** Texts that do not stand behind one another. */
function absent(texts: readonly string[], where: string): string[] {
  let at = 0
  return texts.flatMap((text) => {
    const found = where.indexOf(text.trim(), at)
    if (found < 0) return [`not there, or not in its place: ${text.slice(0, 200)}`]
    at = found
    return []
  })
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
