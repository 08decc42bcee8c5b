// Units as the messages of a request: neighbours of one role become one, and no id of a call stands twice.

import type { ModelMessage } from '../../../model/contract.ts'
import { digestOf } from '../../../store/hash.ts'
import type { Block } from './pieces.ts'
import type { Turned } from './units.ts'

/** Roles take turns, which some models ask for; results stand behind their calls. */
export function messagesOf(turned: readonly Turned[], files: ReadonlyMap<string, Uint8Array>): readonly ModelMessage[] {
  const ids = new Ids()
  const joined: { role: Turned['role']; blocks: Block[] }[] = []
  for (const { role, blocks } of turned) {
    const named = blocks.map((block) => ids.named(block))
    const last = joined.at(-1)
    if (last?.role === role) last.blocks.push(...named)
    else joined.push({ role, blocks: named })
  }
  return joined.map(({ role, blocks }) => messageOf(role, blocks, files))
}

function messageOf(
  role: Turned['role'],
  blocks: readonly Block[],
  files: ReadonlyMap<string, Uint8Array>,
): ModelMessage {
  const content = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n\n')
  const sent = blocks.flatMap((block) => (block.type === 'file' && block.blob !== undefined ? [block.blob] : []))
  const isPlain = blocks.every((block) => block.type === 'text' && block.provider === undefined)
  return {
    role,
    content,
    ...(isPlain ? undefined : { parts: [...blocks] }),
    ...(sent.length === 0 ? undefined : { files: new Map([...files].filter(([hash]) => sent.includes(hash))) }),
  }
}

/** Ids that every provider takes, each once; a result follows the latest call of its id. */
class Ids {
  readonly #counts = new Map<string, number>()
  readonly #present = new Map<string, string>()

  named(block: Block): Block {
    if (block.type === 'call') return { ...block, call_id: this.#next(block.call_id) }
    if (block.type === 'result') return { ...block, call_id: this.#present.get(block.call_id) ?? block.call_id }
    return block
  }

  #next(id: string): string {
    const count = (this.#counts.get(id) ?? 0) + 1
    this.#counts.set(id, count)
    const plain = /^[A-Za-z0-9_-]{1,64}$/.test(id) && count === 1
    const name = plain ? id : `call_${Buffer.from(digestOf(`${id} ${count}`)).toString('hex', 0, 12)}`
    this.#present.set(id, name)
    return name
  }
}
