// What is typed for a prompt: as one paste where the program asks for that, else line by line, and never a key.

import { DaybookError } from '../../schema/errors.ts'
import { checkCommand } from '../call.ts'
import type { Program } from '../resolve.ts'
import { indentedLines } from './blocks.ts'

/** Bytes of a line that a terminal hands over whole, its end included; what is longer it cuts without a word. */
const longestLine = 4_095

/** The text as keys may give it: no escape sequence, no key but line ends and tabs. */
export function plainText(text: string): string {
  const lines = text.replaceAll(/\u001b\[20[01]~/g, '').replaceAll(/\r\n?/g, '\n')
  return lines.replaceAll(/(?![\n\t])\p{Cc}/gu, '')
}

/** Errors: `invalid` for images, for a command of the program itself where none is allowed, and for a text that is only keys. */
export function checkTyped(program: Program, text: string, images: readonly string[]): void {
  if (images.length > 0) {
    throw new DaybookError('invalid', `${program.name} takes no images through a terminal`, { field: 'images' })
  }
  const plain = plainText(text)
  const { pty } = program
  checkCommand(program, plain, pty?.prompt_regex !== undefined || pty?.osc133 === true)
  if (plain.trim() === '') {
    throw new DaybookError('invalid', 'nothing is left of the prompt without its control characters', {
      field: 'prompt',
    })
  }
}

export interface Typed {
  /** Each is followed by Enter. */
  readonly pieces: readonly string[]
  /** The lines as they are echoed. */
  readonly lines: readonly string[]
  readonly pasted: boolean
}

/** `too_large` for a line that would be cut: nobody reads the terminal key by key. */
export function typedFor({ name, pty }: Program, text: string, bracketedPaste: boolean): Typed {
  const pasted = bracketedPaste && pty?.by_line !== true
  const lines = linesOf(text, pty, pasted)
  if (!bracketedPaste && pty?.raw_input !== true) {
    const long = lines.findIndex((line) => Buffer.byteLength(line) + 1 > longestLine)
    if (long >= 0) {
      throw new DaybookError('too_large', `line ${long + 1} of the prompt is longer than ${name} can be given`, {
        field: 'prompt',
        hint: `at most ${longestLine - 1} bytes in a line, or raw_input in the programs file`,
      })
    }
  }
  return typedAs(lines, pasted, bracketedPaste)
}

/** As it was typed before. */
export function retyped({ pty }: Program, text: string, pasted: boolean): Typed {
  return typedAs(linesOf(text, pty, pasted), pasted, pasted)
}

function linesOf(text: string, pty: Program['pty'], pasted: boolean): string[] {
  const lines = plainText(text).replace(/\n+$/, '').split('\n')
  if (pty?.by_line === true) return lines.filter((line) => line.trim() !== '')
  return pty?.indented_blocks === true && !pasted ? indentedLines(lines) : lines
}

function typedAs(lines: readonly string[], pasted: boolean, bracketed: boolean): Typed {
  if (pasted) return { pieces: [paste(lines)], lines, pasted }
  return { pieces: lines.map((line) => (bracketed && line !== '' ? paste([line]) : line)), lines, pasted }
}

function paste(lines: readonly string[]): string {
  return `\u001b[200~${lines.join('\r')}\u001b[201~`
}
