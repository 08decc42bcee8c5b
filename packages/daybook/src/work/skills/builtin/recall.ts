// The skill `recall`: entries of this session that an agent does not see any more, by their words or by their numbers.

import type { AnyEntry } from '../../../schema/entries.ts'
import type { Seq } from '../../../schema/ids.ts'
import type { Part } from '../../../schema/parts.ts'
import type { Session } from '../../../session/contract.ts'
import { isActive, type Looked, lookAt } from '../../agents/context/log.ts'
import { passageAt, wordsOf } from '../../agents/context/recalled.ts'
import type { Recall } from '../../agents/contract.ts'
import { defineSkill } from '../define.ts'

/** Entries of one answer, characters of a passage, and of all that is answered. */
const mostHits = 8
const passage = 1200
const mostText = 12_000

type Input = { readonly words?: string; readonly entries?: readonly number[]; readonly from?: number }

export function recallSkill(recall: Recall) {
  return defineSkill<Input, { readonly text: string }>({
    id: 'recall',
    name: 'Recall',
    description:
      'Reads earlier entries of this session that are left out or summarised in what you see: those that fit some words, or ' +
      'those with these numbers, whole. For a long entry, from says at which character to go on.',
    input: {
      type: 'object',
      properties: {
        words: {
          type: 'string',
          minLength: 1,
          maxLength: 1000,
          description: 'What to look for, in words that stand there.',
        },
        entries: { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems: 20 },
        from: { type: 'integer', minimum: 0, description: 'Character of the entries to begin at; default 0.' },
      },
      anyOf: [{ required: ['words'] }, { required: ['entries'] }],
      additionalProperties: false,
    },
    output: {
      type: 'object',
      properties: { text: { type: 'string' } },
      required: ['text'],
      additionalProperties: false,
    },
    idempotent: true,
    routable: false,
    run: async ({ words, entries = [], from = 0 }, { session }) => {
      const looked = await lookAt(session)
      const texts: string[] = []
      const share = Math.floor(mostText / Math.max(1, entries.length))
      for (const seq of entries) texts.push(await wholeOf(looked, seq, from, share))
      if (words !== undefined) texts.push(await fitting(looked, recall, words, mostText - texts.join('\n').length))
      return { text: texts.join('\n\n') }
    },
  })
}

async function fitting(looked: Looked, recall: Recall, words: string, room: number): Promise<string> {
  const query = wordsOf(words).join(' ') || words
  const { seqs, complete } = await recall(looked.session, { words: query, before: looked.seq + 1, limit: 4 * mostHits })
  const found: string[] = []
  let left = room
  for (const seq of seqs.filter((one) => isActive(looked.spans, one)).slice(0, mostHits)) {
    const said = await saidIn(looked.session, seq)
    if (!said) continue
    const text = `entry ${seq}, ${said.by}: ${passageAt(said.text, words, passage)}`
    if (text.length > left) break
    left -= text.length
    found.push(text)
  }
  if (found.length === 0) found.push(`Nothing in this session fits: ${words}`)
  if (!complete) found.push('The search index is behind: there may be more.')
  return found.join('\n\n')
}

async function wholeOf(looked: Looked, seq: Seq, from: number, most: number): Promise<string> {
  if (seq > looked.seq) return `entry ${seq}: there is none; the newest is ${looked.seq}`
  const said = await saidIn(looked.session, seq)
  if (!said) return `entry ${seq}: it holds no text`
  const piece = said.text.slice(from, from + most).toWellFormed()
  const end = from + piece.length
  const more = end < said.text.length ? ` (characters ${from} to ${end} of ${said.text.length})` : ''
  return `entry ${seq}, ${said.by}${more}: ${piece}`
}

interface Said {
  readonly by: string
  readonly text: string
}

/** Null for what was erased, and for entries without words. */
async function saidIn(session: Session, seq: Seq): Promise<Said | null> {
  const [entry] = await session.read({ after: seq - 1, until: seq })
  if (!entry?.data) return null
  const { by, text } = toldBy(entry)
  return text.trim() === '' ? null : { by, text: text.toWellFormed() }
}

function toldBy(entry: AnyEntry): Said {
  if (entry.kind === 'message' && entry.data) {
    const { name, agent, role, content, parts = [] } = entry.data
    const more = parts.flatMap((part) => textIn(part, content))
    return { by: name ?? agent ?? role, text: [content, ...more].filter((text) => text !== '').join('\n') }
  }
  if (entry.kind === 'note' && entry.data) return { by: entry.data.type, text: entry.data.text }
  if (entry.kind === 'summary' && entry.data) return { by: 'summary', text: entry.data.text }
  return { by: entry.kind, text: JSON.stringify(entry.data) ?? '' }
}

function textIn(part: Part, content: string): readonly string[] {
  if (part.type === 'text') return content.includes(part.text) ? [] : [part.text]
  if (part.type === 'call') return [`called ${part.name} ${JSON.stringify(part.input) ?? ''}`]
  if (part.type === 'result')
    return [typeof part.output === 'string' ? part.output : (JSON.stringify(part.output) ?? '')]
  if (part.type === 'edit') return [`${part.operation} ${part.path}${part.diff === undefined ? '' : `\n${part.diff}`}`]
  return part.type === 'file' ? [`file ${part.name ?? part.url ?? ''}`] : []
}
