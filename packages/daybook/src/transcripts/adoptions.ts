// Adoptions that a person asked a server for: one at a time, each known by the id it was asked under, and looked at while it goes.

import { DaybookError, isDaybookError } from '../schema/errors.ts'
import { adopt, findAll } from './adopt.ts'
import type { TranscriptReader } from './contract.ts'
import type { AdoptOptions, AdoptProgress, AdoptReport } from './contract-adopt.ts'

export interface AskedAdoption {
  /** The same for a repeat. */
  readonly id: string
  /** Of all that was asked: a repeat asks the same. */
  readonly digest: string
  /** Default: all that are known. */
  readonly agents?: readonly string[]
  /** New turns of these agents are copied from then on. */
  readonly follow: boolean
}

export interface AdoptionState {
  readonly id: string
  readonly agents: readonly string[]
  readonly follow: boolean
  readonly status: 'running' | 'done' | 'failed'
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly endedAt: number | null
  /** All zero until the files were found. */
  readonly progress: AdoptProgress
  /** Once it is done. */
  readonly report: AdoptReport | null
  /** Why it failed; what is in the log stays there, and the next one goes on behind it. */
  readonly error: DaybookError | null
}

export interface Adoptions extends AsyncDisposable {
  /**
   * Begins, or tells how one that was asked for under this id stands; one that failed goes on. `busy` while another one goes on,
   * `key_reused` for an id that something else was asked under, `invalid` for an agent that nobody here reads.
   */
  ask(asked: AskedAdoption): AdoptionState
  /** `not_found` for one that this process does not know any more. */
  get(id: string): AdoptionState
}

export interface AdoptionsOptions extends Omit<AdoptOptions, 'accept' | 'folder' | 'onProgress' | 'signal'> {
  readonly follow: (agents: readonly string[]) => Promise<void>
  /** What is no error of a file or of the store. */
  readonly onError?: (error: unknown) => void
}

/** How many are known after they ended. */
const mostKnown = 16
const nothing: AdoptProgress = { files: 0, filesDone: 0, bytes: 0, bytesDone: 0 }

interface Known {
  readonly digest: string
  state: AdoptionState
}

export function openAdoptions(options: AdoptionsOptions): Adoptions {
  const { readers } = options
  const known = new Map<string, Known>()
  const ending = new AbortController()
  let going: Promise<void> | null = null

  function ask(asked: AskedAdoption): AdoptionState {
    const before = known.get(asked.id)
    if (before && before.digest !== asked.digest) {
      throw new DaybookError('key_reused', 'under this key another adoption was asked for', {
        field: 'Idempotency-Key',
      })
    }
    if (before && before.state.status !== 'failed') return before.state
    const chosen = chosenOf(readers, asked.agents)
    if (going) throw new DaybookError('busy', 'an adoption goes on already', { hint: 'Ask again when it has ended.' })
    ending.signal.throwIfAborted()
    const one = { digest: asked.digest, state: begun(asked, chosen) }
    known.delete(asked.id)
    known.set(asked.id, one)
    for (const id of known.keys()) if (known.size > mostKnown) known.delete(id)
    going = perform(one, chosen, options, ending.signal).finally(() => {
      going = null
    })
    return one.state
  }

  return {
    ask,
    get(id) {
      const one = known.get(id)
      if (one) return one.state
      throw new DaybookError('not_found', `no adoption ${id} is known here`, {
        hint: 'Ask for it again under the same key: it goes on behind what is here.',
      })
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      await going
    },
  }
}

async function perform(
  one: Known,
  readers: readonly TranscriptReader[],
  options: AdoptionsOptions,
  signal: AbortSignal,
): Promise<void> {
  const tell = (change: Partial<AdoptionState>): void => {
    one.state = { ...one.state, ...change }
  }
  try {
    const files = await findAll({ readers, places: options.places })
    tell({ progress: { ...nothing, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) } })
    // What appears while this goes on was not what the person said yes to.
    const found = new Set(files.map(({ agent, path }) => `${agent} ${path}`))
    const accept: AdoptOptions['accept'] = ({ agent, path }) => found.has(`${agent} ${path}`)
    const report = await adopt({ ...options, readers, accept, signal, onProgress: (progress) => tell({ progress }) })
    if (one.state.follow) await options.follow(one.state.agents)
    tell({ status: 'done', endedAt: Date.now(), report })
  } catch (error) {
    if (!isDaybookError(error) && !signal.aborted) options.onError?.(error)
    tell({ status: 'failed', endedAt: Date.now(), error: errorOf(error) })
  }
}

function chosenOf(readers: readonly TranscriptReader[], agents?: readonly string[]): readonly TranscriptReader[] {
  const unknown = agents?.find((name) => !readers.some(({ agent }) => agent === name))
  if (unknown !== undefined) {
    throw new DaybookError('invalid', `there is no reader for ${unknown}`, { field: 'agents' })
  }
  return agents ? readers.filter(({ agent }) => agents.includes(agent)) : readers
}

function begun({ id, follow }: AskedAdoption, chosen: readonly TranscriptReader[]): AdoptionState {
  const agents = chosen.map(({ agent }) => agent)
  const rest = { endedAt: null, progress: nothing, report: null, error: null }
  return { id, agents, follow, status: 'running', startedAt: Date.now(), ...rest }
}

function errorOf(error: unknown): DaybookError {
  return isDaybookError(error) ? error : new DaybookError('internal', 'adopting failed', { cause: error })
}
