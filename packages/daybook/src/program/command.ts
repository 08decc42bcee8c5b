// The command that gives one prompt to a program, with its environment: the same whenever it is asked for, and what of it may be shown.

import { createHash } from 'node:crypto'
import { type HeadlessCall, headlessCall } from './call.ts'
import type { Prompt } from './contract.ts'
import type { Program } from './resolve.ts'
import { argvOf, type TemplateValues } from './template.ts'

export interface Command extends HeadlessCall {
  /** The arguments with the prompt as `{prompt}`. */
  readonly shown: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** It goes on in the session of its own that the token names. */
  readonly resumed: boolean
}

export interface CommandPlaces {
  /** Absolute path of the folder that daybook keeps its state in. */
  readonly state: string
  /** Of daybook itself; only what a program is meant to get goes on. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What of a prompt its command is made of. */
export interface PromptCall extends Pick<Prompt, 'key' | 'images' | 'workdir' | 'session' | 'token'> {
  readonly text: string
}

/** Errors as of {@link headlessCall}. */
export function commandOf(program: Program, prompt: PromptCall, places: CommandPlaces): Command {
  const { images, text, workdir, session, token, key } = prompt
  const values = { images, workdir, session, token, state: places.state }
  const uuid = (): string => uuidOf(key)
  return {
    ...headlessCall(program, { ...values, prompt: text }, uuid),
    shown: headlessCall(program, { ...values, prompt: '{prompt}' }, uuid).args,
    env: environmentOf(program, { workdir, session, state: places.state }, places.env),
    resumed: token !== null && program.headless?.resume !== undefined,
  }
}

/** The same for the same prompt. */
function uuidOf(key: string): string {
  const bytes = createHash('sha256').update(key).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'USER', 'SHELL'] as const

/** Where a program keeps its own sessions: the home of its user, and what its configuration names so. */
export function homeOf(program: Program, values: TemplateValues, given: CommandPlaces['env']): string {
  const env = environmentOf(program, values, given)
  const own = Object.keys(program.env).filter((name) => name.endsWith('_HOME') || name.endsWith('_DIR'))
  return [env.HOME ?? '', ...own.toSorted().map((name) => `${name}=${env[name]}`)].join(' ').slice(0, 4096)
}

/** From nothing: what every program needs, what its configuration says, and the secrets that it names. */
export function environmentOf(
  program: Program,
  values: TemplateValues,
  given: CommandPlaces['env'],
): Record<string, string> {
  const made: Record<string, string> = { TERM: 'dumb' }
  for (const name of [...passedOn, ...program.secrets]) {
    const value = given[name]
    if (value !== undefined) made[name] = value
  }
  for (const [name, template] of Object.entries(program.env)) {
    made[name] = argvOf([template], values).args[0] ?? ''
  }
  return made
}
