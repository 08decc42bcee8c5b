// Ends what a program in a terminal does, as gently as it takes: its own keys, signals to the foreground, at last the process.

import type { Prompt, PromptEvent } from '../contract.ts'
import type { Seeing, Wanted } from './seeing.ts'
import { orGone, send } from './send.ts'
import { isAtRest } from './sight.ts'
import type { PtySetting } from './start.ts'

/** Milliseconds between a request to end and the next, harder one. */
const ladderMs = 2_000

export interface InterruptingPlaces {
  readonly setting: PtySetting
  readonly prompt: Prompt
  readonly seeing: Seeing
}

/** Gives the rung that worked; at last the process itself is ended. */
export async function* interrupted(places: InterruptingPlaces): AsyncGenerator<PromptEvent, string> {
  const rung = yield* calmed(places, 'interrupt')
  if (rung !== null) return rung
  const { setting, prompt } = places
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await setting.host.signal(prompt.process, signal, 'tree')
    if (yield* isOver(places, Number.POSITIVE_INFINITY)) break
  }
  return 'close'
}

/**
 * Ends what stands in the foreground, and nothing else; null where it is still there. The keys are sent once under a name:
 * twice they end a program that people talk to.
 */
export async function* calmed(places: InterruptingPlaces, name: string): AsyncGenerator<PromptEvent, string | null> {
  const { setting, prompt } = places
  const { host, program } = setting
  const { process } = prompt
  const keys = program.pty?.interrupt_keys ?? '\u0003'
  const at = await orGone(() => send(places, keys, `${prompt.key} ${name}`))
  if (yield* isOver(places, at ?? 0)) return 'keys'
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    const offset = (await host.get(process))?.offset ?? 0
    await orGone(() => host.signal(process, signal, 'foreground'))
    if (yield* isOver(places, offset)) return signal
  }
  return null
}

/** It has ended, or is at its prompt again behind this offset. */
async function* isOver({ setting, seeing }: InterruptingPlaces, offset: number): AsyncGenerator<PromptEvent, boolean> {
  const is: Wanted['is'] = (state, look, quiet) =>
    look.offset > offset && (state.type === 'ready' || isAtRest(setting.program, state, quiet))
  return (yield* seeing.until({ is, within: ladderMs, endable: false })).type !== 'late'
}
