// What a template must keep to, so that no value can become an option or vanish; looked at when the file is read.

import type { Misfit } from '../schema/check.ts'
import type { Group, PromptWay, Template } from './shape.ts'
import { placeholder } from './template.ts'

export interface TemplateRules {
  /** Placeholders that always have a value here. */
  readonly always: readonly string[]
  /** Those that may have none: only in a group that asks for them. */
  readonly maybe?: readonly string[]
  /** Of templates that hold a prompt. */
  readonly prompt?: { readonly ways: readonly PromptWay[]; readonly isCode: boolean }
}

const wholeFlag = /^--[A-Za-z][\w-]*=\{prompt\}$/
const codeFlags: readonly string[] = ['-c', '-e', '-ex']

/** What is wrong with a template, at the place where it stands; null when nothing is. */
export function templateMisfit(template: Template, field: string, rules: TemplateRules): Misfit | null {
  let behindDashes: boolean = false
  let prompts = 0
  for (const [index, part] of template.entries()) {
    const at = `${field}[${index}]`
    const group = typeof part === 'string' ? null : part
    const args = typeof part === 'string' ? [part] : part.args
    const misfit = group && groupMisfit(group, at)
    if (misfit) return misfit
    let dashesHere: boolean = behindDashes
    for (const [inner, argument] of args.entries()) {
      const place: string = group ? `${at}.args[${inner}]` : at
      const before = group ? args[inner - 1] : template[index - 1]
      const found: Misfit | null =
        unknownMisfit(argument, place, group, rules) ??
        promptMisfit(argument, place, { before, behindDashes: dashesHere, group, rules })
      if (found) return found
      if (argument.includes('{prompt}')) prompts += 1
      if (argument === '--') dashesHere = true
    }
    if (group === null) behindDashes = dashesHere
  }
  return rules.prompt ? countMisfit(prompts, field, rules.prompt.ways) : null
}

function groupMisfit({ if: condition, each, args }: Group, field: string): Misfit | null {
  if ((condition === undefined) === (each === undefined)) return { field, why: 'must have either if or each' }
  const name = condition ?? each
  const isUsed = args.some((one) => one.includes(`{${name}}`))
  return isUsed || condition === 'resume' ? null : { field: `${field}.args`, why: `must hold {${name}}` }
}

function unknownMisfit(argument: string, field: string, group: Group | null, rules: TemplateRules): Misfit | null {
  const { always, maybe = [] } = rules
  const known = [...(rules.prompt ? ['prompt'] : []), ...always, ...maybe]
  for (const [text, name = ''] of argument.matchAll(placeholder)) {
    if (!known.includes(name)) {
      return {
        field,
        why: `holds ${text}, which is not known here; known: ${known.map((one) => `{${one}}`).join(' ')}`,
      }
    }
    const asked = group?.if ?? group?.each
    if (maybe.includes(name) && asked !== name) {
      return { field, why: `holds ${text}, which may have no value: put it into {"if":"${name}","args":[…]}` }
    }
  }
  return null
}

interface PromptPlace {
  readonly before: string | Group | undefined
  readonly behindDashes: boolean
  readonly group: Group | null
  readonly rules: TemplateRules
}

function promptMisfit(argument: string, field: string, place: PromptPlace): Misfit | null {
  const { prompt } = place.rules
  if (prompt === undefined || !argument.includes('{prompt}')) return null
  const isCode = prompt.isCode && codeFlags.includes(String(place.before))
  const isSafe = wholeFlag.test(argument) || (argument === '{prompt}' && (place.behindDashes || isCode)) // else it could be an option
  if (!isSafe) {
    return {
      field,
      why: 'must be {prompt} alone behind an argument --, or --flag={prompt}; with allow_code_prompt also {prompt} alone right behind -c, -e or -ex',
    }
  }
  if (place.group?.each) return { field, why: 'repeats the prompt for each image' }
  if (prompt.ways.includes('stdin:-') && argument !== '{prompt}') {
    return { field, why: 'must be {prompt} alone, for stdin:- puts a dash in its place' }
  }
  if (prompt.ways.includes('stdin') && isCode && place.group?.if !== 'prompt') {
    return { field, why: 'must stand in {"if":"prompt","args":[…]} with the flag before it, for stdin leaves it out' }
  }
  return null
}

function countMisfit(count: number, field: string, ways: readonly PromptWay[]): Misfit | null {
  if (count > 1) return { field, why: 'must hold {prompt} only once' }
  const isNeeded = ways.some((way) => way !== 'stdin')
  return count === 0 && isNeeded ? { field, why: 'must hold {prompt}, or have prompt_via ["stdin"]' } : null
}
