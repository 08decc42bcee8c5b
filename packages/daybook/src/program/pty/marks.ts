// The marks that a shell of daybook's own setting puts around its prompts and commands (OSC 133), by a word that only it knows.

import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ShellMark } from '../host/contract.ts'
import { shellMark } from '../host/emulator.ts'

export interface PlacedMark extends ShellMark {
  /** Its first byte, and the first one behind it. */
  readonly start: number
  readonly end: number
}

/** Those of the shell itself; what a command prints in their form has not its word. */
export function marksIn(bytes: Uint8Array, aid: string): PlacedMark[] {
  const text = Buffer.from(bytes).toString('latin1')
  return [...text.matchAll(/\u001b\]133;([^\u0007\u001b]{1,128})(?:\u0007|\u001b\\)/g)].flatMap((found) => {
    const mark = shellMark(found[1] ?? '')
    return mark?.aid === aid ? [{ ...mark, start: found.index, end: found.index + found[0].length }] : []
  })
}

export interface ShellStart {
  /** Absolute path of the file that the shell reads at its start. */
  readonly path: string
  readonly aid: string
}

/** The same for the same process: it is written before that starts. */
export async function shellStart(state: string, process: string): Promise<ShellStart> {
  const path = rcPath(state, process)
  const known = await aidIn(path)
  if (known !== null) return { path, aid: known }
  await mkdir(join(state, 'shells'), { recursive: true, mode: 0o700 })
  const aid = randomUUID().slice(0, 13)
  const part = `${path}.${aid}`
  await writeFile(part, rcText(aid), { mode: 0o600 })
  await rename(part, path)
  return { path, aid }
}

/** Of a process that has ended. */
export async function forgetShell(state: string, process: string): Promise<void> {
  await rm(rcPath(state, process), { force: true })
}

function rcPath(state: string, process: string): string {
  return join(state, 'shells', `${createHash('sha256').update(process).digest('hex').slice(0, 32)}.sh`)
}

async function aidIn(path: string): Promise<string | null> {
  try {
    return /^# (\S+)\n/.exec(await readFile(path, 'utf8'))?.[1] ?? null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

/** The word is in variables that are not exported: what the shell starts does not get it. */
function rcText(aid: string): string {
  return [
    `# ${aid}`,
    `PROMPT_COMMAND='printf "\\e]133;D;%s;aid=${aid}\\a" "$?"'`,
    `PS1='\\[\\e]133;A;aid=${aid}\\a\\]$ \\[\\e]133;B;aid=${aid}\\a\\]'`,
    "PS2='> '",
    `PS0='\\e]133;C;aid=${aid}\\a'`,
    'unset HISTFILE MAILCHECK',
    '',
  ].join('\n')
}
