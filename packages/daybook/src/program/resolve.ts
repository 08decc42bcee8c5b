// One program as it counts: what the file says, over what is known of that name, over defaults; and what cannot be so.

import { hash } from 'node:crypto'
import type { Misfit } from '../schema/check.ts'
import type { DriverName } from '../schema/states.ts'
import { patternMisfit } from './pattern.ts'
import type { ProgramSettings, ProgramsFile, PromptWay } from './shape.ts'
import { templateMisfit } from './template-rules.ts'

type Sections = NonNullable<Pick<ProgramSettings, 'acp' | 'headless' | 'pty'>>
type Headless = NonNullable<Sections['headless']>

export interface HeadlessForm extends Omit<Headless, 'format' | 'start' | 'prompt_via'> {
  readonly format: NonNullable<Headless['format']>
  readonly start: NonNullable<Headless['start']>
  readonly prompt_via: readonly PromptWay[]
}

/** A program as it counts; all that is optional in the file and has a default is there. */
export interface Program
  extends Omit<
    ProgramSettings,
    'bin' | 'drivers' | 'headless' | 'disabled' | 'auto_commands' | keyof typeof programDefaults
  > {
  readonly name: string
  readonly bin: string
  /** In the order in which they are tried. */
  readonly drivers: readonly DriverName[]
  readonly headless?: HeadlessForm
  readonly untested: boolean
  readonly version: readonly string[]
  readonly help: readonly string[]
  readonly command_prefixes: readonly string[]
  readonly allow_commands: boolean
  readonly auto_commands: readonly { readonly text: string; readonly optional: boolean }[]
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly idle_timeout_sec: number
  readonly prompt_timeout_sec: number
  readonly cols: number
  readonly rows: number
  /** SHA-256 in base64url of all of it: what runs keeps the configuration that it began with. */
  readonly config_hash: string
}

export const programDefaults = {
  untested: false,
  version: ['--version'],
  help: ['--help'],
  command_prefixes: [],
  allow_commands: false,
  env: {},
  secrets: [],
  idle_timeout_sec: 600,
  prompt_timeout_sec: 1800,
  cols: 120,
  rows: 40,
} as const satisfies ProgramSettings

/** Of what a file says and what is known: sections and `env` member by member, everything else whole. */
export function merged(known: ProgramSettings, said: ProgramSettings): ProgramSettings {
  const both: Record<string, unknown> = { ...known, ...said }
  for (const section of ['acp', 'headless', 'pty', 'env'] as const) {
    if (known[section] && said[section]) both[section] = { ...known[section], ...said[section] }
  }
  return both as ProgramSettings
}

/** The program, or the first thing that cannot be so; fields are named as they stand in the file. */
export function resolveProgram(
  name: string,
  settings: ProgramSettings,
  defaults: ProgramsFile['defaults'],
): Program | Misfit {
  const field = `programs.${name}`
  const { disabled: _, bin, headless, acp, pty, auto_commands = [], ...others } = settings
  if (bin === undefined)
    return { field: `${field}.bin`, why: 'is required: the program’s name on the PATH, or its path' }
  const form = headless && headlessForm(headless)
  if (form === null) return { field: `${field}.headless`, why: 'must have format and start' }
  const sections = { ...(acp && { acp }), ...(form && { headless: form }), ...(pty && { pty }) }
  const drivers = settings.drivers ?? (['acp', 'headless', 'pty'] as const).filter((driver) => driver in sections)
  const missing = drivers.find((driver) => !(driver in sections))
  if (missing !== undefined) return { field: `${field}.${missing}`, why: 'is required, for it stands in drivers' }
  if (drivers.length === 0) return { field, why: 'must have at least one of acp, headless, pty' }
  const misfit = settingsMisfit(field, settings, form)
  if (misfit) return misfit
  const resolved = {
    ...programDefaults,
    ...defaults,
    ...others,
    ...sections,
    name,
    bin,
    drivers,
    auto_commands: auto_commands.map((one) => (typeof one === 'string' ? { text: one, optional: false } : one)),
  }
  return { ...resolved, config_hash: hash('sha256', canonical(resolved), 'base64url') }
}

function headlessForm({ format, start, prompt_via = ['arg'], ...others }: Headless): HeadlessForm | null {
  return format === undefined || start === undefined ? null : { ...others, format, start, prompt_via }
}

function settingsMisfit(
  field: string,
  { acp, pty, env = {}, ...others }: ProgramSettings,
  form: HeadlessForm | undefined,
): Misfit | null {
  const places = ['workdir', 'session', 'state']
  return (
    (form ? headlessMisfit(`${field}.headless`, form) : null) ??
    templateMisfit(acp?.argv ?? [], `${field}.acp.argv`, { always: places }) ??
    templateMisfit(pty?.argv ?? [], `${field}.pty.argv`, { always: [...places, 'rc'] }) ??
    templateMisfit(pty?.resume ?? [], `${field}.pty.resume`, { always: [...places, 'rc', 'resume'] }) ??
    first(Object.entries(env).map(([name, value]) => envMisfit(`${field}.env.${name}`, name, value))) ??
    patternMisfit(others.resume_regex, `${field}.resume_regex`, 'token') ??
    first(
      (['prompt_regex', 'continuation_regex', 'tick_regex'] as const).map((name) =>
        patternMisfit(pty?.[name], `${field}.pty.${name}`),
      ),
    ) ??
    first((pty?.dialogs ?? []).map(({ match }, index) => patternMisfit(match, `${field}.pty.dialogs[${index}].match`)))
  )
}

function headlessMisfit(field: string, form: HeadlessForm): Misfit | null {
  const { start, resume, prompt_via: ways, allow_code_prompt: isCode = false, token, image } = form
  if (ways.length > 1 && (ways[0] !== 'arg' || ways[1] === 'arg')) {
    return { field: `${field}.prompt_via`, why: 'must be one way, or arg and then another' }
  }
  const prompt = { ways, isCode }
  const always = ['workdir', 'session', 'state']
  const uuid = token === 'uuid' ? ['new_uuid'] : []
  const found =
    templateMisfit(start, `${field}.start`, {
      always: [...always, ...uuid],
      maybe: ['image', 'model', 'resume'],
      prompt,
    }) ??
    (resume &&
      templateMisfit(resume, `${field}.resume`, { always: [...always, 'resume'], maybe: ['image', 'model'], prompt }))
  if (found) return found
  if (token === 'uuid' && !JSON.stringify(start).includes('{new_uuid}')) {
    return { field: `${field}.start`, why: 'must hold {new_uuid}, for the token is one' }
  }
  return image ? textMisfit(image.in_prompt, `${field}.image.in_prompt`, ['image']) : null
}

function envMisfit(field: string, name: string, value: string): Misfit | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) return { field, why: 'is not the name of a variable' }
  if (value.includes('\0')) return { field, why: 'holds NUL' }
  return textMisfit(value, field, ['workdir', 'session', 'state'])
}

/** Of one text with placeholders. */
function textMisfit(text: string, field: string, always: readonly string[]): Misfit | null {
  const misfit = templateMisfit([text], '', { always })
  return misfit && { ...misfit, field }
}

function first(misfits: readonly (Misfit | null)[]): Misfit | null {
  return misfits.find((one) => one !== null) ?? null
}

/** JSON with names in order, so that the same settings have the same hash however they were written. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}
