// What a session asks of the person at the terminal: open approvals and questions, oldest first.

import type { EntryShape } from '../../schema/wire-shapes.ts'

export type Ask =
  | {
      readonly kind: 'approval'
      readonly run: string
      readonly id: string
      readonly digest: string
      readonly input: unknown
    }
  | { readonly kind: 'question'; readonly run: string; readonly id: string }

export class Asks {
  readonly #open = new Map<string, Ask>()

  get first(): Ask | undefined {
    return this.#open.values().next().value
  }

  /** What an entry opens, or closes: decided here, elsewhere, or over with its run. */
  see({ kind, run_id: run = '', data }: EntryShape): void {
    const fields = (data ?? {}) as Readonly<Record<string, unknown>>
    const text = (name: string): string => String(fields[name] ?? '')
    switch (kind) {
      case 'approval.requested': {
        const [id, digest] = [text('approval_id'), text('digest')]
        this.#open.set(id, { kind: 'approval', run, id, digest, input: fields.input })
        return
      }
      case 'question.asked':
        this.#open.set(text('question_id'), { kind: 'question', run, id: text('question_id') })
        return
      case 'approval.decided':
      case 'approval.expired':
        this.#open.delete(text('approval_id'))
        return
      case 'question.answered':
        this.#open.delete(text('question_id'))
        return
      case 'run.finished':
      case 'run.cancelled':
        for (const ask of [...this.#open.values()]) if (ask.run === run) this.#open.delete(ask.id)
    }
  }

  clear(): void {
    this.#open.clear()
  }
}
