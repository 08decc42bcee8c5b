// The completion script of a shell.

import type { Table } from '../context.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { offersOf } from './offers.ts'
import type { Shell } from './shells.ts'
import { zshScript } from './zsh.ts'

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }

export function scriptOf(shell: Shell, { commands, everywhere }: Table): string {
  return scripts[shell](offersOf(commands, everywhere))
}
