// Pieces as units that are never cut apart: a message, or calls together with what came of each of them.

import type { ModelFacts } from '../../../model/contract.ts'
import { messageTokens } from '../../../model/estimate.ts'
import type { Seq } from '../../../schema/ids.ts'
import { cutInput, cutOutput, cutText } from './cut.ts'
import { quoted } from './marks.ts'
import { blockTokens } from './measure.ts'
import { type Block, type Call, fileName, type Piece, type Result, type Viewer } from './pieces.ts'

/** One message to be, before neighbours of one role become one. */
export interface Turned {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly blocks: readonly Block[]
}

export interface Unit {
  readonly first: Seq
  readonly last: Seq
  /** A person said it. */
  readonly asked: boolean
  readonly turned: readonly Turned[]
  /** An estimate. */
  readonly tokens: number
  readonly cuts: number
}

/** Said to a model in place of a result that never came. */
export const unknownOutcome =
  'The outcome of this call is unknown: it began and nothing tells how it ended. It may have taken effect. Look before doing it again.'

export interface UnitSetting extends Viewer {
  readonly facts: ModelFacts
  estimate(text: string): number
}

/** Of pieces, oldest first. Thoughts and fields of the provider stay in the turn under way only. */
export function unitsOf(pieces: readonly Piece[], setting: UnitSetting): readonly Unit[] {
  const results = new Results(pieces)
  const current = currentFrom(pieces)
  return pieces.flatMap((piece, at) => {
    const turned = at >= current ? results.turned(piece, at, setting) : results.turned(piece, at, setting).map(plain)
    if (turned.length === 0) return []
    const { seq: first, asked, cuts } = piece
    const tokens = turned.reduce((sum, { blocks }) => sum + messageTokens + tokensOf(blocks, setting), 0)
    return [{ first, last: Math.max(first, results.lastOf(at)), asked, turned, tokens, cuts }]
  })
}

export function tokensOf(blocks: readonly Block[], { estimate }: Pick<UnitSetting, 'estimate'>): number {
  return blocks.reduce((sum, block) => sum + blockTokens(block, estimate), 0)
}

/** Where the turn under way begins: behind what was said last, or with the run that wrote the last piece. */
function currentFrom(pieces: readonly Piece[]): number {
  const asked = pieces.findLastIndex((piece) => piece.asked)
  const run = pieces.at(-1)?.run
  const begun = run === undefined ? -1 : pieces.findIndex((piece) => piece.run === run)
  return begun < 0 ? asked : Math.min(asked < 0 ? begun : asked, begun)
}

function plain({ role, blocks }: Turned): Turned {
  const left = blocks.flatMap((block): Block[] => {
    if (block.type === 'reasoning') return []
    const { provider: _, ...rest } = block
    return [rest]
  })
  return { role, blocks: left }
}

/** The unit's messages with no text longer than `most` characters. */
export function tighter({ turned, first }: Unit, most: number): readonly Turned[] {
  if (!Number.isFinite(most)) return turned
  return turned.map(({ role, blocks }) => ({
    role,
    blocks: blocks.flatMap((block): Block[] => {
      if (block.type === 'text') return [{ type: 'text', text: cutText(block.text, most, first) }]
      if (block.type === 'result') return [{ ...block, output: cutOutput(block.output, most, first).value }]
      if (block.type === 'call') return [{ ...block, input: cutInput(block.input, most, first).value }]
      // What is only worth sending whole.
      return block.type === 'file' ? [{ type: 'text', text: `[${fileName(block)}]` }] : []
    }),
  }))
}

interface Answer {
  readonly result: Result
  readonly seq: Seq
}

/** Which result belongs to which call: ids may come again, so a result goes to the latest call before it that has none. */
class Results {
  /** By the place of the piece with the calls, and their ids. */
  readonly #answers = new Map<number, Map<string, Answer>>()
  readonly #taken = new Set<Result>()
  /** What is told of others' calls. */
  readonly #names = new Map<string, string>()

  constructor(pieces: readonly Piece[]) {
    const open = new Map<string, number>()
    pieces.forEach((piece, at) => {
      for (const block of piece.blocks) {
        if (block.type === 'call') {
          open.set(block.call_id, at)
          this.#names.delete(block.call_id)
        }
        const place = block.type === 'result' ? open.get(block.call_id) : undefined
        if (block.type !== 'result' || place === undefined) continue
        open.delete(block.call_id)
        this.#of(place).set(block.call_id, { result: block, seq: piece.seq })
        this.#taken.add(block)
      }
      for (const [id, name] of piece.told) {
        open.delete(id)
        this.#names.set(id, name)
      }
    })
  }

  #of(at: number): Map<string, Answer> {
    const known = this.#answers.get(at) ?? new Map<string, Answer>()
    this.#answers.set(at, known)
    return known
  }

  lastOf(at: number): Seq {
    return Math.max(0, ...[...(this.#answers.get(at)?.values() ?? [])].map(({ seq }) => seq))
  }

  /** Calls first, then what came of each, in their order. */
  turned(piece: Piece, at: number, { caps }: Viewer): Turned[] {
    const calls = new Map<string, Call>()
    const said: Block[] = []
    for (const block of piece.blocks) {
      if (block.type === 'call') {
        // The same id twice in one message: only one of them could be answered.
        if (calls.has(block.call_id)) continue
        calls.set(block.call_id, block)
        said.push(block)
      } else if (block.type !== 'result') said.push(this.#shown(piece, block))
      else if (!this.#taken.has(block)) said.push(this.#told(piece, block, caps.result))
    }
    const role = piece.role === 'tool' ? 'user' : piece.role
    const results = [...calls.keys()].map((id) => this.#answers.get(at)?.get(id)?.result ?? unknown(id))
    return [
      ...(said.length === 0 ? [] : [{ role, blocks: said } as const]),
      ...(results.length === 0 ? [] : [{ role: 'tool', blocks: results } as const]),
    ]
  }

  /** Only what people send goes on as files. */
  #shown({ role }: Piece, block: Exclude<Block, Call | Result>): Block {
    return block.type === 'file' && role !== 'user' ? { type: 'text', text: `[${fileName(block)}]` } : block
  }

  /** A result whose call is not the agent's own, or is gone. */
  #told({ seq }: Piece, { call_id, output, error }: Result, most: number): Block {
    const name = this.#names.get(call_id) ?? 'a call'
    const value = cutOutput(output ?? null, most, seq).value
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return { type: 'text', text: quoted(`${error ? 'failure' : 'result'} of ${name}`, text) }
  }
}

function unknown(id: string): Result {
  return { type: 'result', call_id: id, output: unknownOutcome, error: true }
}
