// Which of the messages of a turn is its answer: the last one, once the program has said that the turn is over.

import type { ProgramEvent, ProgramMessage } from '../contract.ts'
import { cut } from './kept.ts'

/** Holds back the last text of the program until it is known what follows. */
export class AnswerKeeper {
  #held: ProgramMessage | null = null

  /** A text of the program: what was held before it comes out. */
  hold(text: string): readonly ProgramEvent[] {
    const before = this.flush()
    this.#held = { type: 'message', role: 'assistant', content: cut(text) }
    return before
  }

  /** What was held, as a message among others, before these. */
  before(events: readonly ProgramEvent[]): readonly ProgramEvent[] {
    return [...this.flush(), ...events]
  }

  flush(): readonly ProgramEvent[] {
    const held = this.#held
    this.#held = null
    return held === null ? [] : [held]
  }

  /** What was held is the answer. */
  final(): readonly ProgramEvent[] {
    return this.flush().map((one) => (one.type === 'message' ? { ...one, final: true } : one))
  }
}
