// What `--help` prints, made from the one table.

import { type ExitCode, exitMeanings } from './exits.ts'
import { columns } from './format/columns.ts'
import type { Argument, Command, Option } from './grammar.ts'
import { commands, everywhere } from './table.ts'

export function usage(command: Command): string {
  const words = ['daybook', command.name, ...(command.arguments ?? []).map(argumentText)]
  for (const option of command.options ?? []) words.push(`[${optionText(option, false)}]`)
  return words.filter((word) => word !== '').join(' ')
}

function argumentText({ name, optional, rest }: Argument): string {
  const text = `${name}${rest ? '…' : ''}`
  return optional ? `[${text}]` : `<${text}>`
}

export function optionText({ name, short, value }: Option, withShort = true): string {
  return `${short && withShort ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`
}

function optionLines(options: readonly Option[]): string[] {
  return columns(
    options.map((option) => [optionText(option), option.help]),
    { indent: 2 },
  )
}

/** All commands on one page. */
export function overview(): string {
  const group = (name: Command['group']): string[] =>
    columns(
      commands.filter((command) => command.group === name).map((command) => [usageShort(command), command.summary]),
      { indent: 2 },
    )
  return [
    'daybook: one log for everything your agents do',
    '',
    'daily',
    ...group('daily'),
    '',
    'administration',
    ...group('administration'),
    '',
    'everywhere',
    ...optionLines(everywhere),
    '',
    'A session is typed as the end of its id (k3f9), k3f9@120 for one entry, its name, its whole id,',
    'the address of its page, or @ for the session bound to this branch.',
    'More: daybook <command> --help',
  ].join('\n')
}

/** The commands that begin with a word. */
export function explainNoun(noun: string): string {
  const all = commands.filter(({ name }) => name.startsWith(`${noun} `))
  const lines = columns(
    all.map((command) => [usageShort(command), command.summary]),
    { indent: 2 },
  )
  return [`daybook ${noun}`, '', ...lines, '', `More: daybook ${noun} <verb> --help`].join('\n')
}

function usageShort(command: Command): string {
  return ['daybook', command.name, ...(command.arguments ?? []).map(argumentText)]
    .filter((word) => word !== '')
    .join(' ')
}

/** One command. */
export function explain(command: Command): string {
  const lines = [usage(command), '', sentence(command.summary), ...(command.details ?? [])]
  const args = command.arguments ?? []
  if (args.length > 0)
    lines.push(
      '',
      ...columns(
        args.map((each) => [each.name, each.help]),
        { indent: 2 },
      ),
    )
  if (command.options) lines.push('', ...optionLines(command.options))
  lines.push('', `--json prints ${command.json}.`)
  lines.push(
    `Exit codes: ${exitsOf(command).join(', ')}. Everywhere: ${everywhere.map(({ name }) => `--${name}`).join(' ')}`,
  )
  return lines.join('\n')
}

/** All exit codes of a command in order. */
export function exitsOf(command: Command): readonly ExitCode[] {
  return [...new Set<ExitCode>([0, 1, 2, ...command.exits])].sort((a, b) => a - b)
}

export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

export const exitLines = Object.entries(exitMeanings)
