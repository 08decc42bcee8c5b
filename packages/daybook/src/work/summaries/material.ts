// What a summary is made from: active messages and notes since the last one, as lines, in portions that a model takes.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Seq } from '../../schema/ids.ts'
import type { Message } from '../../schema/parts.ts'
import { dataOf } from '../../session/decode.ts'
import { LanguageCount } from '../../session/summary/language.ts'
import { cutText } from '../agents/context/cut.ts'
import { activeBack, type Looked } from '../agents/context/log.ts'

/** Characters of one message, of what came of a call, and of its input. */
const longest = { message: 2000, result: 400, input: 240 } as const

export interface Line {
  readonly seq: Seq
  readonly text: string
  readonly tokens: number
}

export interface Material {
  /** Oldest first. */
  readonly portions: readonly (readonly Line[])[]
  /** The first entry that was taken where there are more before it; null: all since the last summary. */
  readonly first: Seq | null
  readonly language: LanguageCount['main']
}

/** Entries above `floor` up to `until`: the newest `most` portions of `room` tokens each. */
export async function materialOf(
  looked: Looked,
  { floor, until }: { readonly floor: Seq; readonly until: Seq },
  estimate: (text: string) => number,
  { room, most }: { readonly room: number; readonly most: number },
): Promise<Material> {
  const portions: Line[][] = [[]]
  const language = new LanguageCount()
  let [tokens, first]: [number, Seq | null] = [0, null]
  for await (const entry of activeBack(looked, ['message', 'note'], floor, until)) {
    const text = lineOf(entry, language)
    if (text === null) continue
    const line = { seq: entry.seq, text, tokens: estimate(text) + 1 }
    if (tokens + line.tokens > room && tokens > 0) {
      if (portions.length === most) {
        first = portions.at(-1)?.at(-1)?.seq ?? null
        break
      }
      portions.push([])
      tokens = 0
    }
    portions.at(-1)?.push(line)
    tokens += line.tokens
  }
  const ordered = portions.map((lines) => lines.reverse()).reverse()
  return { portions: ordered.filter((lines) => lines.length > 0), first, language: language.main }
}

function lineOf(entry: StoredEntry, language: LanguageCount): string | null {
  const { seq } = entry
  if (entry.kind === 'note') {
    const note = dataOf(entry, 'note')
    return note && `${note.type} (#${seq}): ${cutText(note.text, longest.message, seq)}`
  }
  const message = dataOf(entry, 'message')
  if (!message || message.metadata?.preamble !== undefined) return null
  if (message.role === 'system' && message.metadata?.record !== undefined) return null
  if (message.role === 'user' || message.role === 'assistant') language.add(message.content)
  const told = toldOf(message, seq)
  return told === '' ? null : `${message.name ?? message.agent ?? message.role} (#${seq}): ${told}`.toWellFormed()
}

function toldOf({ role, content, parts = [] }: Message, seq: Seq): string {
  const hasResult = parts.some(({ type }) => type === 'result')
  const said = role === 'tool' && hasResult ? [] : [cutText(content.trim(), longest.message, seq)]
  const more = parts.flatMap((part): string[] => {
    switch (part.type) {
      case 'text':
        return content.includes(part.text) ? [] : [cutText(part.text, longest.message, seq)]
      case 'call':
        return [`[called ${part.name} ${cutText(JSON.stringify(part.input) ?? '', longest.input, seq)}]`]
      case 'result': {
        const text = typeof part.output === 'string' ? part.output : (JSON.stringify(part.output) ?? '')
        return [`[${part.error ? 'failed' : 'gave'}: ${cutText(text, longest.result, seq)}]`]
      }
      case 'edit':
        return [`[${part.operation} ${part.path}]`]
      case 'file':
        return [`[file ${part.name ?? part.url ?? part.media_type ?? ''}]`]
      default:
        return []
    }
  })
  return [...said, ...more].filter((text) => text !== '').join('\n')
}
