// Coding agents that speak the Agent Client Protocol: one process for many prompts, which asks before it does what needs a permission.

import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { DaybookError } from '../schema/errors.ts'
import type { Json } from '../schema/json.ts'
import { contentsIn } from './acp/contents.ts'
import { Ending } from './acp/ending.ts'
import { type Opened, opened, settled } from './acp/opening.ts'
import { answerTo, codes, type Request, requestOf, rpcRefusal } from './acp/rpc.ts'
import { type AgentPatience, permission, replyName, Talk } from './acp/talk.ts'
import { Updates } from './acp/updates.ts'
import { checkCommand } from './call.ts'
import { type CommandPlaces, environmentOf } from './command.ts'
import type { Asks, ProgramDriver, Prompt, PromptEvent } from './contract.ts'
import { type Fields, fieldsOf, textOf } from './formats/fields.ts'
import { kept } from './formats/kept.ts'
import type { HostProcess, ProcessHost } from './host/contract.ts'
import { imageType } from './image.ts'
import { forgetOthers, printedBy } from './leftover.ts'
import type { Program } from './resolve.ts'
import { argvOf } from './template.ts'

export interface AcpSetting extends CommandPlaces {
  readonly program: Program
  readonly host: ProcessHost
  /** What speaks the protocol, as it is now: absolute path and version. `invalid` where it is not found. */
  readonly find: () => Promise<{ readonly path: string; readonly version?: string }>
  /** Default: 30 s to answer, 5 s to stop. */
  readonly patience?: AgentPatience
}

/** Bytes of output, from its first one, that a host keeps whatever is acknowledged. */
const keptBeginning = 8 << 20

const usualPatience: AgentPatience = { answerMs: 30_000, cancelMs: 5000 }

export function acpDriver(setting: AcpSetting): ProgramDriver {
  const { host } = setting
  return {
    name: 'acp',
    keeps: true,
    prompt: (prompt, end) => follow(setting, prompt, end),
    printed: (process, limit) => printedBy(host, process, limit),
    tidy: (session, process) => forgetOthers(host, session, process),
  }
}

async function* follow(setting: AcpSetting, prompt: Prompt, end: AbortSignal): AsyncGenerator<PromptEvent> {
  const { host, program } = setting
  checked(program, prompt)
  const { text } = prompt
  const known = await host.get(prompt.process)
  if (!known && prompt.started) {
    throw new DaybookError('not_found', 'its process was started, and the process host knows nothing of it any more')
  }
  const begun = performance.now()
  const { process, start } = await started(setting, prompt, known)
  yield { type: 'started', start }
  const { patience = usualPatience } = setting
  using ending = new Ending({ host, key: prompt.process, end, isFresh: known === null, cancelMs: patience.cancelMs })
  const talk = new Talk({ program, host, prompt, ending, patience })
  const open = yield* opened(talk, process.offset)
  if (!open) return ending.check()
  ending.keep()
  if (open.session !== prompt.token) yield { type: 'token', token: open.session }
  const content = text === null ? [] : await blocks(program, open, text, prompt.images)
  const at = prompt.given ?? (yield* settled(talk, open, process.offset))
  if (at === null) return ending.check()
  if (!ending.wanted) yield { type: 'ready', offset: at, by: 'protocol', ms: performance.now() - begun }
  if (text === null) return yield { type: 'done', ok: true }
  // All before is in the log now. How its talk began is read again: where that is more than the host keeps of it, all stays.
  if (open.at < keptBeginning) await host.acknowledge(prompt.process, { out: at, err: talk.complained })
  // One that the log has as given may have been sent, and is ended by the protocol.
  if (ending.wanted && prompt.given === null) {
    return yield { type: 'done', ok: false, error: 'its turn was ended before it began' }
  }
  yield* given(talk, open, at, content)
  ending.check()
}

/** What can be said of a prompt before anything is started. `invalid` for one that this driver cannot give. */
function checked(program: Program, { text }: Prompt): void {
  if (program.auto_commands.length > 0) {
    throw new DaybookError('invalid', 'commands are sent at the start where there is a terminal', { field: 'driver' })
  }
  if (text !== null) checkCommand(program, text)
}

async function started(setting: AcpSetting, prompt: Prompt, known: HostProcess | null) {
  const { program, host, state } = setting
  const places = { workdir: prompt.workdir, session: prompt.session, state }
  const { args } = argvOf(program.acp?.argv ?? [], places)
  const env = environmentOf(program, places, setting.env)
  const { path, version } = known ? { path: null, version: undefined } : await setting.find()
  const key = prompt.process
  const process =
    path === null || known
      ? (known as HostProcess)
      : await host.spawn({ key, mode: 'pipes', binary: path, args, env, cwd: prompt.workdir })
  const resumed = prompt.token !== null && prompt.given === null && prompt.before === null
  const start = { pid: process.pid, at: process.startedAt, args, envNames: Object.keys(env).sort(), resumed }
  return { process, start: version === undefined ? start : { ...start, version } }
}

/** The prompt as the protocol has it. `invalid` for images where the agent takes none. */
async function blocks(
  { name }: Program,
  { takesImages }: Opened,
  text: string,
  images: readonly string[],
): Promise<readonly object[]> {
  if (images.length > 0 && !takesImages) {
    throw new DaybookError('invalid', `${name} takes no images`, { field: 'images' })
  }
  const shown = images.map(async (path) => {
    const bytes = await readFile(path)
    const mimeType = imageType(bytes)
    if (mimeType === null) throw new DaybookError('invalid', `${path} is no image any more`, { field: 'images' })
    return { type: 'image', mimeType, data: bytes.toString('base64'), uri: `file://${path}` }
  })
  return [{ type: 'text', text }, ...(await Promise.all(shown))]
}

/** The prompt, and all that it says until it has answered, asks, or has ended. */
async function* given(
  talk: Talk,
  { session }: Opened,
  at: number,
  prompt: readonly object[],
): AsyncGenerator<PromptEvent> {
  const { key } = talk.prompt
  const id = `${key} prompt`
  await talk.send(id, requestOf(id, 'session/prompt', { sessionId: session, prompt }))
  talk.ending.through(() => talk.cancel(`${key} cancel`, session))
  await using listening = talk.listen(at)
  const updates = new Updates(contentsIn(talk.prompt.workdir))
  for (;;) {
    const heard = yield* talk.heard(listening)
    if (heard.type !== 'said') {
      if (heard.type === 'silent') continue
      yield* updates.end()
      const exit = heard.type === 'exited' ? heard.exit : null
      if (exit?.code === 0) yield { type: 'done', ok: false, error: 'it ended before it had answered' }
      return yield* talk.lost(listening, heard)
    }
    const { said } = heard
    if (said.type === 'answer' && said.id === id) {
      if (talk.ending.wanted && talk.ending.by !== null) yield { type: 'interrupted', by: talk.ending.by }
      if (said.error) yield* updates.failed(talk.wordsOf(said.error))
      else yield* updates.over(said.result)
      // What got a signal takes no further prompt.
      if (talk.ending.signalled) yield* talk.drained(listening)
      return
    }
    if (said.type === 'request') {
      const asks = yield* requested(talk, updates, said)
      if (asks) return yield { type: 'asks', asks }
    } else if (said.type === 'notice') {
      if (said.method !== 'session/update') yield* updates.kept(said.method, said.params)
      else if (said.params.sessionId === session) yield* updates.push(fieldsOf(said.params.update))
    } else if (said.type === 'noise') yield* updates.kept('noise', { text: said.text })
  }
}

/** What it asks for: a permission is what somebody has to decide, unless that was done. */
async function* requested(talk: Talk, updates: Updates, request: Request): AsyncGenerator<PromptEvent, Asks | null> {
  if (request.method !== permission) {
    await talk.refuse(request)
    return null
  }
  const toolCall = fieldsOf(request.params.toolCall)
  yield* updates.asked(toolCall)
  const options = optionsIn(request.params)
  const allow = options.find(({ kind }) => kind === 'allow_once')?.optionId
  const deny = options.find(({ kind }) => kind === 'reject_once')?.optionId
  if (allow === undefined) {
    const words = 'permissions are given for one time, and there is no such option'
    await talk.send(replyName(request.id), rpcRefusal(request.id, codes.wrongParams, words))
    return null
  }
  const reply = talk.prompt.replies.find(({ id }) => id === askId(request))
  if (!reply && !talk.ending.wanted) return asksOf(talk.program, request, toolCall)
  const chosen = reply?.answer === true ? allow : reply ? deny : undefined
  const outcome = chosen === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: chosen }
  await talk.send(replyName(request.id), answerTo(request.id, { outcome }))
  if (reply && reply.answer !== true) yield* updates.denied(toolCall)
  return null
}

function optionsIn({ options }: Fields): readonly { readonly kind: unknown; readonly optionId: string }[] {
  if (!Array.isArray(options)) return []
  return options.map(fieldsOf).flatMap(({ kind, optionId }) => (typeof optionId === 'string' ? { kind, optionId } : []))
}

/** Characters of a summary. */
const longestSummary = 512

/** Of exactly this request: what was decided of one call lets no other one through, whatever number it comes with. */
function askId({ id, params }: Request): string {
  return `${JSON.stringify(id)} ${hash('sha256', JSON.stringify(params), 'base64url').slice(0, 22)}`
}

function asksOf({ name }: Program, request: Request, toolCall: Fields): Asks {
  const what = textOf(toolCall.title) ?? textOf(toolCall.kind) ?? 'an unnamed call'
  const summary = `${name}: ${what}`.replace(/\s+/g, ' ').slice(0, longestSummary).toWellFormed()
  return { id: askId(request), kind: 'permission', summary, input: kept(toolCall) as Json }
}
