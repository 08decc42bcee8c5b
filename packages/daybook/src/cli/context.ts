// What every command is given: words out, the clock, and the way to sessions and stores, opened when first needed.

import type { Backend } from './backend.ts'
import type { Branch } from './branch.ts'
import type { Env } from './folders.ts'
import type { Command, Option } from './grammar.ts'
import type { Output, Sink } from './output.ts'
import type { Parts } from './parts.ts'
import type { Screen } from './screen.ts'
import type { OpenedStore } from './storage.ts'
import type { Asked, Place } from './where.ts'

/** The process around a command; tests hand in their own. */
export interface Host {
  readonly env: Env
  readonly cwd: string
  readonly out: Sink
  readonly err: Sink
  readonly input: AsyncIterable<Uint8Array | string>
  /** Both ends are a terminal: a person can be asked. */
  readonly person: boolean
  /** Null where no person sits at a terminal. */
  readonly screen: Screen | null
  /** Ends with Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  readonly version: string
  /** The file that node runs as this command line, for those who start another one. */
  readonly program: string
  now(): number
  parts(): Promise<Parts>
  /** One line from the person; null at the end of input. */
  ask(question: string): Promise<string | null>
  /** The next key that the person presses, without Enter; null at the end of input or of the signal. */
  key(signal: AbortSignal): Promise<string | null>
}

export interface Table {
  readonly commands: readonly Command[]
  readonly everywhere: readonly Option[]
}

export interface Context extends AsyncDisposable {
  readonly host: Host
  readonly output: Output
  readonly asked: Asked
  /** The table of commands, for those who speak of other commands. */
  readonly table: Table
  /** How this program is called where hints say what to type: `daybook` or `npx daybook`. */
  readonly me: string
  readonly yes: boolean
  readonly limit: number | undefined
  /** Milliseconds since 1970, of --since. */
  readonly since: number | undefined
  readonly actor: string | undefined
  backend(): Promise<Backend>
  /** The store itself, for what a server does not offer. `create`: it may be new. */
  store(options?: { readonly create?: boolean }): Promise<OpenedStore>
  /** Where `store` would look. */
  storePlace(): Promise<Place>
  branch(): Promise<Branch | null>
}
