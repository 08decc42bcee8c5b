// Reads messages from the end of a log until a budget is used up and what the person said last is there.

import { messageTokens } from '../../../model/estimate.ts'
import type { Seq } from '../../../schema/ids.ts'
import { isSeenType, isTextType } from '../../../schema/media.ts'
import { cutText } from './cut.ts'
import { activeBack, type Looked, messagesBack } from './log.ts'
import { quoted } from './marks.ts'
import { type Block, type FilePart, fileName, type Piece, pieceOf } from './pieces.ts'
import { tokensOf, type UnitSetting } from './units.ts'

export interface Read {
  /** Oldest first. */
  readonly pieces: readonly Piece[]
  /** Nothing active stands between the floor and the first of them. */
  readonly whole: boolean
}

/** Beyond the budget, what the person said last is looked for in so many further messages. */
const farthest = 2000

/** Of the messages above `floor`; about one more than fit into `room` tokens, or `most` of them. */
export async function readBack(
  looked: Looked,
  floor: Seq,
  setting: UnitSetting,
  { room, most }: { readonly room: number; readonly most: number },
): Promise<Read> {
  const pieces: Piece[] = []
  let [tokens, beyond, asked, whole] = [0, 0, false, true]
  for await (const entry of messagesBack(looked, floor)) {
    const isFull = tokens > room || pieces.length > most
    if (isFull && (asked || beyond++ >= farthest)) {
      whole = false
      break
    }
    const piece = pieceFor(entry, setting, asked)
    if (piece === null) continue
    asked ||= piece.asked
    // Where the budget is used up only what the person said last is still wanted, and calls must not lose their results.
    pieces.push(piece)
    tokens += messageTokens + tokensOf(piece.blocks, setting)
  }
  pieces.reverse()
  // Their calls were not read.
  while (!whole && pieces[0]?.role === 'tool') pieces.shift()
  const question = asked || pieces.length === 0 ? null : await questionBefore(looked, floor, setting)
  return { pieces: question ? [question, ...pieces] : pieces, whole }
}

/** A summary may reach into a turn: what the person said stays there all the same. */
async function questionBefore(looked: Looked, floor: Seq, setting: UnitSetting): Promise<Piece | null> {
  let left = farthest
  for await (const entry of activeBack(looked, ['message'], 0, floor)) {
    const piece = pieceFor(entry, setting, false)
    if (piece?.asked) return piece
    if (--left === 0) break
  }
  return null
}

/** What the person said last may be longer than other messages. */
function pieceFor(entry: Parameters<typeof pieceOf>[0], setting: UnitSetting, asked: boolean): Piece | null {
  const piece = pieceOf(entry, setting)
  return piece?.asked && !asked ? pieceOf(entry, setting, setting.caps.asked) : piece
}

/** Pictures, and their bytes together. */
const mostImages = 8
const mostBytes = 8 * 1024 * 1024

export interface Sent {
  readonly pieces: readonly Piece[]
  /** Bytes by their hash. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** Files of what the person said last, as far as the model takes them; all others are named. */
export async function withFiles(
  pieces: readonly Piece[],
  setting: UnitSetting,
  blob: ((hash: string) => Promise<Uint8Array | null>) | undefined,
): Promise<Sent> {
  const last = pieces.findLastIndex((piece) => piece.asked)
  const files = new Map<string, Uint8Array>()
  const sent: Piece[] = []
  for (const [at, piece] of pieces.entries()) {
    if (!piece.blocks.some(({ type }) => type === 'file')) sent.push(piece)
    else {
      const blocks: Block[] = []
      for (const block of piece.blocks) {
        if (block.type !== 'file') blocks.push(block)
        else blocks.push(await shown(block, piece.seq, setting, at === last ? blob : undefined, files))
      }
      sent.push({ ...piece, blocks })
    }
  }
  return { pieces: sent, files }
}

async function shown(
  file: FilePart,
  seq: Seq,
  { facts, caps }: UnitSetting,
  blob: ((hash: string) => Promise<Uint8Array | null>) | undefined,
  files: Map<string, Uint8Array>,
): Promise<Block> {
  const named: Block = { type: 'text', text: `[${fileName(file)}]` }
  const { blob: hash, media_type: type = '' } = file
  const isSeen = isSeenType(type, facts) && files.size < mostImages
  if (blob === undefined || hash === undefined || !(isSeen || isTextType(type))) return named
  const bytes = await blob(hash)
  if (bytes === null) return { type: 'text', text: `[${fileName(file)}: its bytes are gone]` }
  if (isTextType(type)) {
    const text = new TextDecoder().decode(bytes)
    return { type: 'text', text: quoted(fileName(file), cutText(text, caps.message, seq)) }
  }
  const before = [...files.values()].reduce((sum, { byteLength }) => sum + byteLength, 0)
  if (before + bytes.byteLength > mostBytes) return named
  files.set(hash, bytes)
  const { provider: _, ...plain } = file
  return { ...plain, size: bytes.byteLength }
}
