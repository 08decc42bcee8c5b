// One prompt to one program without a terminal: its argument vector, its standard input and the token it will have.

import { randomUUID } from 'node:crypto'
import { relative } from 'node:path'
import { DaybookError } from '../schema/errors.ts'
import type { FormatName } from './contract.ts'
import type { Program } from './resolve.ts'
import { type Argv, argvOf, type TemplateValues } from './template.ts'

export interface HeadlessCall extends Argv {
  /** The token, where it is known before the program says it. */
  readonly token: string | null
}

export interface HeadlessValues {
  readonly prompt: string
  /** Absolute paths. */
  readonly images: readonly string[]
  /** Null: the program begins a session of its own. */
  readonly token: string | null
  readonly model?: string
  readonly workdir: string
  readonly session: string
  readonly state: string
}

/**
 * What is started for a prompt. Errors: `invalid` where the program has no `headless` form, takes no images, or would take
 * the prompt for one of its own commands; those of {@link argvOf}.
 */
export function headlessCall(
  program: Program,
  values: HeadlessValues,
  newUuid: () => string = randomUUID,
): HeadlessCall {
  const form = program.headless
  if (form === undefined) {
    throw new DaybookError('invalid', `${program.name} has no form without a terminal`, { field: 'driver' })
  }
  checkCommand(program, values.prompt)
  const { token, images, prompt, model, ...places } = values
  const template = token === null ? form.start : (form.resume ?? form.start)
  const uuid = form.token === 'uuid' && token === null ? newUuid() : undefined
  const filling: TemplateValues = {
    ...places,
    prompt: prompt + inPrompt(program, images, values.workdir),
    images,
    ...(model === undefined ? undefined : { model }),
    ...(token === null ? undefined : { resume: token }),
    ...(uuid === undefined ? undefined : { new_uuid: uuid }),
  }
  const takesImages = form.image !== undefined || JSON.stringify(template).includes('{image}')
  if (images.length > 0 && !takesImages) {
    throw new DaybookError('invalid', `${program.name} takes no images`, { field: 'images' })
  }
  const chosen = form.token === 'session' ? values.session : (uuid ?? token)
  const { args, input } = argvOf(template, filling, form.prompt_via)
  if (input !== null) checkCommand(program, prompt, form.format === 'text')
  return { args, input: input === null ? null : lineEnded(input, form.format), token: chosen }
}

/** What reads lines may pass over a last one that has no end; an agent is given the prompt as it is. */
function lineEnded(input: string, format: FormatName): string {
  return format !== 'text' || input.endsWith('\n') ? input : `${input}\n`
}

/**
 * `invalid` for a prompt that the program would take for a command of its own, where commands are not allowed.
 *
 * @param byLine it reads each line by itself
 */
export function checkCommand(
  { name, command_prefixes, commands_anywhere = false, allow_commands }: Program,
  prompt: string,
  byLine = false,
): void {
  if (allow_commands) return
  const starts = (byLine ? prompt.split(/[\r\n]/) : [prompt]).map((text) => text.trimStart())
  const anywhere = byLine && commands_anywhere
  const prefix = command_prefixes.find((one) =>
    anywhere ? prompt.includes(one) : starts.some((start) => start.startsWith(one)),
  )
  if (prefix === undefined) return
  const what = anywhere ? `what follows ${prefix} may be` : `a prompt that begins with ${prefix} is`
  throw new DaybookError('invalid', `${what} a command of ${name}`, {
    field: 'prompt',
    hint: 'allow_commands in the programs file, or other words before it',
  })
}

function inPrompt({ name, headless }: Program, images: readonly string[], workdir: string): string {
  const form = headless?.image
  if (form === undefined) return ''
  return images
    .map((image, index) => {
      const below = relative(workdir, image)
      if (form.must_be_under === 'workdir' && (below === '' || below.startsWith('..'))) {
        throw new DaybookError('invalid', `${name} takes images of its own folder only`, { field: `images[${index}]` })
      }
      if (!/^[\w./-]+$/.test(below)) {
        throw new DaybookError('invalid', `${name} takes images with plain names only`, {
          field: `images[${index}]`,
          hint: 'letters, digits, dots, dashes and underscores',
        })
      }
      return form.in_prompt.replaceAll('{image}', form.must_be_under === undefined ? image : below)
    })
    .join('')
}
