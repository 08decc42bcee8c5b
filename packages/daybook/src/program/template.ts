// Argument vectors from templates: every placeholder is replaced once, where it stands, and no shell reads the result.

import { DaybookError } from '../schema/errors.ts'
import type { Group, PromptWay, Template } from './shape.ts'

/** Bytes of one argument; the kernel takes 128 KiB. */
export const longestArgument = 100 * 1024

export const placeholder = /\{([a-z_]+)\}/g

/** What stands for the placeholders. */
export interface TemplateValues {
  readonly prompt?: string
  /** Absolute paths. */
  readonly images?: readonly string[]
  /** The token by which the program finds its session again. */
  readonly resume?: string
  readonly model?: string
  /** Absolute path. */
  readonly workdir?: string
  readonly session?: string
  /** Absolute path of the folder that daybook keeps its state in. */
  readonly state?: string
  readonly new_uuid?: string
  /** Absolute path of the start file of a shell that marks its prompts. */
  readonly rc?: string
}

export interface Argv {
  readonly args: readonly string[]
  /** What standard input gives before it is at its end; null: nothing. */
  readonly input: string | null
}

/**
 * The argument vector of a checked template. Errors: `invalid` for a value with NUL or half a character, or one that would
 * be taken for an option; `too_large` for an argument over {@link longestArgument} that may not go by standard input.
 *
 * @param ways how the prompt may be given, the preferred first
 */
export function argvOf(template: Template, values: TemplateValues, ways: readonly PromptWay[] = ['arg']): Argv {
  checkValues(values)
  const [first = 'arg', second] = ways
  if (first !== 'arg') return byInput(template, values, first)
  const args = argumentsOf(template, values)
  const long = args.findIndex((one) => Buffer.byteLength(one) > longestArgument)
  if (long < 0) return { args, input: null }
  if (second === undefined || second === 'arg') throw tooLong()
  return byInput(template, values, second)
}

function byInput(template: Template, values: TemplateValues, way: PromptWay): Argv {
  const { prompt = '', ...others } = values
  const args = argumentsOf(template, way === 'stdin:-' ? { ...others, prompt: '-' } : others)
  if (args.some((one) => Buffer.byteLength(one) > longestArgument)) throw tooLong()
  return { args, input: prompt }
}

function tooLong(): DaybookError {
  return new DaybookError('too_large', `an argument is longer than ${longestArgument} bytes`, {
    field: 'prompt',
    hint: 'give the program its prompt by standard input: prompt_via',
  })
}

function argumentsOf(template: Template, values: TemplateValues): string[] {
  return template.flatMap((part) => (typeof part === 'string' ? filled(part, values) : groupOf(part, values)))
}

function groupOf({ if: condition, each, args }: Group, values: TemplateValues): string[] {
  const { images = [] } = values
  if (each !== undefined) return images.flatMap((image) => args.flatMap((one) => filled(one, values, image)))
  if (condition === 'image' && images.length > 1) {
    throw new DaybookError('invalid', 'the program takes one image with a prompt', { field: 'images' })
  }
  const there = condition === 'image' ? images.length > 0 : condition !== undefined && values[condition] !== undefined
  return there ? args.flatMap((one) => filled(one, values, images[0])) : []
}

/** None where the prompt stands in it and goes another way. */
function filled(argument: string, values: TemplateValues, image?: string): string[] {
  if (values.prompt === undefined && argument.includes('{prompt}')) return []
  const text = argument.replace(placeholder, (_, name: string) => {
    const value = name === 'image' ? image : values[name as Exclude<keyof TemplateValues, 'images'>]
    if (value === undefined) throw new DaybookError('invalid', `{${name}} has no value`, { field: name })
    return value
  })
  return [text]
}

function checkValues(values: TemplateValues): void {
  for (const [name, value] of Object.entries(values)) {
    for (const text of typeof value === 'string' ? [value] : (value ?? [])) {
      if (text.includes('\0')) throw new DaybookError('invalid', 'no argument can hold NUL', { field: name })
      if (!text.isWellFormed()) throw new DaybookError('invalid', 'it holds half a character', { field: name })
      if (name !== 'prompt' && text.startsWith('-')) {
        throw new DaybookError('invalid', 'it would be taken for an option', { field: name })
      }
    }
  }
}
