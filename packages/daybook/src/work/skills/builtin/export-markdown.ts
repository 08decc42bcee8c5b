// The skill `export-markdown`: the session as a Markdown document, as text or, where it is large, as a blob.

import type { NewEntry } from '../../../schema/entries.ts'
import { DaybookError } from '../../../schema/errors.ts'
import { limits } from '../../../schema/json.ts'
import type { Session } from '../../../session/contract.ts'
import { sessionMarkdown } from '../../../session/document/markdown.ts'
import type { SkillContext } from '../contract.ts'
import { defineSkill } from '../define.ts'

/** Where large documents are kept, of the tenant of a session. */
export type BlobsOf = (session: Session) => { put(bytes: Uint8Array): Promise<string> }

/** Of the output's JSON text: what an entry holds, less what stands around it. */
const mostText = limits.entryBytes - 16 * 1024
/** Of one document. */
const mostBytes = 64 * 1024 * 1024

interface ExportOutput {
  readonly [name: string]: string | number
  /** The document, or where it is. */
  readonly text: string
  readonly bytes: number
}

export function exportMarkdown(blobsOf: BlobsOf) {
  return defineSkill<Readonly<Record<string, never>>, ExportOutput>({
    id: 'export-markdown',
    name: 'Export as Markdown',
    description:
      'Exports this session as a Markdown document: messages, roles, times, code, hand-offs, notes and files.',
    tags: [
      ...['export', 'markdown', 'md', 'document', 'transcript', 'save as markdown', 'download session', 'write out'],
      ...['экспорт', 'экспортируй', 'маркдаун', 'markdown', 'выгрузи', 'сохрани сессию', 'документ', 'стенограмма'],
      ...['导出', '导出会话', '导出为markdown', '文档', '保存会话', '下载记录'],
    ],
    input: { type: 'object', properties: {}, additionalProperties: false },
    output: {
      type: 'object',
      properties: {
        text: { type: 'string' },
        bytes: { type: 'integer', minimum: 0 },
        blob: { type: 'string', description: 'Hash of the document where it is no entry’s size.' },
      },
      required: ['text', 'bytes'],
      additionalProperties: false,
    },
    idempotent: true,
    fromText: () => ({}),
    run: async (_, context) => {
      const { text, bytes } = await collect(context)
      if (Buffer.byteLength(JSON.stringify(text)) <= mostText) return { text, bytes: bytes.length }
      return stored(bytes, blobsOf(context.session), context)
    },
  })
}

async function collect({ session, timeZone, signal }: SkillContext): Promise<{ text: string; bytes: Buffer }> {
  const pieces: string[] = []
  let size = 0
  for await (const piece of sessionMarkdown(session, timeZone)) {
    signal.throwIfAborted()
    pieces.push(piece)
    size += Buffer.byteLength(piece) + 1
    if (size > mostBytes) {
      throw new DaybookError('too_large', `the document has over ${mostBytes} bytes`, {
        hint: 'Use `daybook export`, which has no limit.',
      })
    }
  }
  const text = pieces.join('\n')
  return { text, bytes: Buffer.from(text) }
}

/** A message names the blob: what no entry names is swept. Another attempt gets the document of the first. */
async function stored(
  bytes: Buffer,
  blobs: ReturnType<BlobsOf>,
  { session, key, run }: SkillContext,
): Promise<ExportOutput> {
  const blob = await blobs.put(bytes)
  const file = {
    type: 'file',
    blob,
    name: `${session.id}.md`,
    media_type: 'text/markdown',
    size: bytes.length,
  } as const
  const content = `The session as Markdown: ${file.name}, ${bytes.length} bytes.`
  const data = { role: 'assistant' as const, content, parts: [file] }
  const make = (): NewEntry[] => [{ kind: 'message', run, data }]
  const { first, last } = await session.appendOn(make, 'export-markdown', { key })
  for (const entry of await session.read({ after: first - 1, until: last })) {
    if (entry.kind !== 'message' || !entry.data) continue
    const kept = entry.data.parts?.[0]
    if (kept?.type === 'file' && kept.blob !== undefined) {
      return { text: `${entry.data.content} Blob ${kept.blob}.`, bytes: kept.size ?? bytes.length, blob: kept.blob }
    }
  }
  throw new DaybookError('gone', 'the document of this call was erased')
}
