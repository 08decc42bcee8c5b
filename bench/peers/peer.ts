// The one shape in which every peer is driven, and the check that what it was given can be read back.
import type { Message } from '../message.ts'

export interface Peer {
  readonly name: string
  /** What `fill` and `append` do, and what makes the comparison cheaper or dearer for this peer. */
  readonly note: string
  /** False for a peer that keeps everything in memory. */
  readonly file: boolean
  open(dir: string): Promise<void>
  /** Brings the one session from nothing to `n` messages by the quickest way the peer has. Never measured. */
  fill(n: number): Promise<void>
  /** The peer's public call for one new message at the end of the session. */
  append(message: Message): Promise<void>
  /** Texts of the last 50 messages, oldest first. */
  last50(): Promise<readonly string[]>
  /** Makes `n` further sessions, spread evenly over `owners`; null where the peer has no list of sessions. */
  readonly fillList: ((n: number, owners: number) => Promise<void>) | null
  /** Ids of the 50 sessions of owner 0 that were touched last, newest first. */
  readonly list50: (() => Promise<readonly string[]>) | null
  close(): Promise<void>
}

/** What a turn of an agent without skills is measured by. */
export interface TurnPeer {
  readonly name: string
  /** Asks, and gives the answer's text. */
  turn(text: string): Promise<string>
}

/** Opens, fills, appends and reads back in `dir`; throws when a peer does not give back what it was given. */
export async function check(peer: Peer, dir: string): Promise<void> {
  await peer.open(dir)
  try {
    await peer.fill(60)
    for (let i = 60; i < 65; i++)
      await peer.append({ role: i % 2 === 0 ? 'user' : 'assistant', content: `#${i} checked` })
    const last = await peer.last50()
    if (last.length !== 50) throw new Error(`${peer.name}: ${last.length} messages instead of the last 50`)
    const numbers = last.map((text) => Number(text.slice(1).split(' ')[0]))
    if (numbers.some((number, i) => number !== 15 + i)) throw new Error(`${peer.name}: read back ${numbers.join(' ')}`)
    if (last.at(-1) !== '#64 checked') throw new Error(`${peer.name}: the last message came back as ${last.at(-1)}`)
    await checkList(peer)
  } finally {
    await peer.close()
  }
}

async function checkList(peer: Peer): Promise<void> {
  if (peer.fillList === null || peer.list50 === null) return
  await peer.fillList(240, 4)
  const ids = await peer.list50()
  if (ids.length !== 50 || new Set(ids).size !== 50)
    throw new Error(`${peer.name}: listed ${ids.length} sessions instead of 50`)
  const wrong = ids.filter((id) => !id.endsWith('-of-0'))
  if (wrong.length > 0) throw new Error(`${peer.name}: listed sessions of others: ${wrong.join(' ')}`)
}

/** The id of the `i`-th session made by `fillList`. */
export function listedId(i: number, owners: number): string {
  return `listed-${String(i).padStart(7, '0')}-of-${i % owners}`
}
