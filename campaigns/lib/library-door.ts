// Writes of a campaign through the library, as an embedding program makes them.

import { isDaybookError } from '../../packages/daybook/src/schema/errors.ts'
import type {
  PlainOptions,
  Receipt,
  ScopedSessions,
  Session,
  WriteOptions,
} from '../../packages/daybook/src/session/contract.ts'
import type { Door } from './doors.ts'
import { Refused } from './doors.ts'
import { type Ack, blobBytes, filled, type Op } from './ops.ts'

export class LibraryDoor implements Door {
  readonly #sessions: ScopedSessions

  constructor(sessions: ScopedSessions) {
    this.#sessions = sessions
  }

  async last(session: string): Promise<number> {
    try {
      return (await this.#sessions.session(session).head()).seq
    } catch (error) {
      if (isDaybookError(error) && (error.code === 'not_found' || error.code === 'gone')) return 0
      throw error
    }
  }

  async perform(op: Op): Promise<Ack> {
    try {
      return await this.#perform(op)
    } catch (error) {
      if (isDaybookError(error) && error.code !== 'internal') throw new Refused(error.code, error.message)
      throw error
    }
  }

  async #perform(op: Op): Promise<Ack> {
    const { act, marker } = op
    const options: PlainOptions = op.key === undefined ? {} : { key: op.key }
    const session = this.#sessions.session(op.session, { opens: true })
    switch (act.type) {
      case 'message':
        return this.#message(session, op, options)
      case 'batch': {
        const contents = Array.from({ length: act.count }, (_, index) => ({
          kind: 'message' as const,
          data: { role: 'assistant' as const, content: `${marker} part ${index}` },
        }))
        return ackOf(await session.append(contents, options))
      }
      case 'fork': {
        const fork = await session.fork({ at: act.seq, name: marker, ...(op.key === undefined ? {} : { key: op.key }) })
        return { session: fork.id, replayed: false }
      }
      case 'open': {
        const opened = await this.#sessions.open({ name: marker }, op.key === undefined ? {} : { key: op.key })
        return { session: opened.id, replayed: false }
      }
      case 'delete':
        await session.delete(options)
        return { session: op.session, replayed: false }
      default:
        return ackOf(await this.#simple(session, op, options))
    }
  }

  #simple(session: Session, { act, marker }: Op, options: WriteOptions): Promise<Receipt> {
    switch (act.type) {
      case 'note':
        return session.note(marker, 'idea', options)
      case 'state':
        return session.update({ state: stateOf(marker) }, options)
      case 'metadata':
        return session.update({ metadata: { last: marker } }, options)
      case 'run':
        return session.addRun({ input: marker, output: marker, usage: { input_tokens: 7, output_tokens: 5 } }, options)
      case 'handoff':
        return session.handoff(act.to, marker, options)
      case 'rewind':
        return session.rewind(act.seq, options)
      case 'erase':
        return session.erase([act.seq], options)
      case 'trash':
        return session.trash(options)
      case 'restore':
        return session.restore(options)
      case 'archive':
        return session.archive(options)
      default:
        throw new Error(`no simple act: ${act.type}`)
    }
  }

  async #message(session: Session, { act, marker }: Op, options: WriteOptions): Promise<Ack> {
    if (act.type !== 'message') throw new Error(act.type)
    const { size, blob, expect, ref } = act
    const name = blob === undefined ? undefined : await this.#sessions.blobs.put(blobBytes(marker, blob))
    const data = {
      role: 'user' as const,
      content: filled(marker, size),
      usage: { input_tokens: size },
      ...(name === undefined ? {} : { parts: [{ type: 'file' as const, blob: name }] }),
    }
    const receipt = await session.append(
      { kind: 'message', data },
      {
        ...options,
        ...(expect === undefined ? {} : { expect }),
        ...(ref ? { refs: [{ type: 'foreign.campaign', value: marker }] } : {}),
      },
    )
    return { ...ackOf(receipt), ...(name === undefined ? {} : { blob: name }) }
  }
}

/** One variable per writer, so that the fold of the state shows whose write came last. */
export function stateOf(marker: string): Record<string, string> {
  return { [`writer${marker.split('-')[2]}`]: marker }
}

function ackOf({ session, first, last, replayed }: Receipt): Ack {
  return { session, first, last, replayed }
}
