// What greetings say of other agents: their programs, the sessions that they left here, and the command that shows more.

import { homedir } from 'node:os'
import { type Around, aroundLines, lookAround } from '../transcripts/around.ts'
import type { Backend } from './backend.ts'
import type { Context } from './context.ts'

/** Milliseconds that a greeting waits for a look through folders. */
const patience = 2_000

export interface Greeting {
  /** Aligned under the words of the others; none where there is nothing new. */
  readonly lines: readonly string[]
  /** What to type; null where there is nothing new. */
  readonly next: string | null
}

/** Never fails and never waits long: a greeting keeps nobody from working. */
export async function aroundOf(
  { output, me }: Pick<Context, 'output' | 'me'>,
  look: (signal: AbortSignal) => Promise<Around>,
): Promise<Greeting> {
  const next = `${me} adopt --dry-run`
  const over = new AbortController()
  const late = new Promise<null>((resolve) => {
    over.signal.addEventListener('abort', () => resolve(null), { once: true })
  })
  const timer = setTimeout(() => over.abort(), patience)
  try {
    const around = await Promise.race([look(over.signal), late])
    if (around === null)
      return { lines: [titled('found', 'not known yet: looking for files of other agents takes its time')], next }
    const { programs } = around
    const [first, ...others] = around.nothing ? ['no sessions of other agents here'] : aroundLines(around)
    return {
      lines: [
        ...(programs.length === 0 ? [] : [titled('agents', `${programs.join(', ')} on PATH`)]),
        ...(first === undefined ? [] : [titled('found', first)]),
        ...others.map((line) => titled('', line)),
      ],
      next: around.nothing ? `${me} tour` : first === undefined ? null : next,
    }
  } catch (error) {
    output.hint(`sessions of other agents were not looked for: ${error instanceof Error ? error.message : error}`)
    return { lines: [], next: null }
  } finally {
    clearTimeout(timer)
  }
}

/** As a server looks, for commands; null where there is no store yet. */
export async function lookFrom(
  { host }: Pick<Context, 'host'>,
  backend: Pick<Backend, 'list'> | null,
  signal: AbortSignal,
): Promise<Around> {
  const readers = await (await host.parts()).openReaders()
  const has = async (agent_id?: string): Promise<boolean> => {
    if (backend === null) return false
    for (const place of [{}, { archived: true }, { trashed: true }]) {
      const of = agent_id === undefined ? {} : { agent_id }
      const { sessions, cursor } = await backend.list({ ...of, limit: 1, ...place })
      if (sessions.length > 0 || cursor !== null) return true
    }
    return false
  }
  const places = { home: host.env.HOME ?? homedir(), env: host.env }
  return lookAround({ readers, places, now: host.now(), has, signal })
}

function titled(title: string, text: string): string {
  return `${title.padEnd(8)}${text}`
}
