// What one walk over a session finds: decisions, questions that nobody answered, notes, files, terms and the language.

import type { StoredEntry } from '../../schema/entries.ts'
import type { Message } from '../../schema/parts.ts'
import type { NoteType } from '../../schema/states.ts'
import { dataOf } from '../decode.ts'
import { LanguageCount } from './language.ts'
import { TermCount } from './scores.ts'
import { clipped, isQuestion, sentencesOf, termsOf } from './sentences.ts'

const decided =
  /\b(?:decided|we(?:'ll| will) (?:go with|use)|let'?s (?:go with|use)|agreed (?:to|on|that)|settled on|chose)\b|(?<!\p{L})(?:решили|решено|договорились|выбрали|остановились на|будем использовать)(?!\p{L})|决定|选定|商定|敲定|达成一致/iu

/** Shown at the end; more are counted only. */
export const shown = { decisions: 10, notes: 5, questions: 5, todos: 10, files: 20 } as const

/** The last so many of any number. */
export class Last<T> {
  readonly items: T[] = []
  total = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  add(item: T): void {
    this.total += 1
    this.items.push(item)
    if (this.items.length > this.#most) this.items.shift()
  }
}

export interface NoteFact {
  readonly type: NoteType
  readonly text: string
}

/** Memory does not grow with the session. */
export class Facts {
  readonly language = new LanguageCount()
  readonly terms = new TermCount()
  /** Sentences of messages, and notes. */
  readonly decisions = new Last<string | NoteFact>(shown.decisions)
  readonly todos = new Last<string>(shown.todos)
  readonly notes = new Last<NoteFact>(shown.notes)
  readonly files = new Files()
  messages = 0
  #questions: { readonly role: Message['role']; readonly text: string }[] = []

  /** Of the last speaker: nobody else has said anything since. */
  get questions(): readonly string[] {
    return this.#questions.map(({ text }) => text)
  }

  add(entry: StoredEntry): void {
    if (entry.kind === 'note') this.#note(dataOf(entry, 'note'))
    else if (entry.kind === 'pin') this.files.pin(dataOf(entry, 'pin')?.path)
    else this.#message(dataOf(entry, 'message'))
  }

  #note(data: NoteFact | null): void {
    if (!data) return
    const fact = { type: data.type, text: clipped(data.text) }
    this.language.add(data.text)
    if (data.type === 'decision') this.decisions.add(fact)
    else if (data.type === 'todo') this.todos.add(fact.text)
    else this.notes.add(fact)
  }

  #message(data: Message | null): void {
    if (!data) return
    for (const part of data.parts ?? []) if (part.type === 'edit') this.files.edit(part.to ?? part.path, part.operation)
    if (!speaks(data)) return
    this.messages += 1
    this.language.add(data.content)
    this.#questions = this.#questions.filter(({ role }) => role === data.role)
    for (const sentence of sentencesOf(data.content)) this.#sentence(sentence, data.role)
  }

  #sentence(sentence: string, role: Message['role']): void {
    this.terms.add(termsOf(sentence))
    if (isQuestion(sentence)) {
      this.#questions = [...this.#questions, { role, text: clipped(sentence) }].slice(-shown.questions)
    } else if (decided.test(sentence)) this.decisions.add(clipped(sentence))
  }
}

/** What people and models say to each other; instructions and results of tools are neither. */
export function speaks({ role, content }: Pick<Message, 'role' | 'content'>): boolean {
  return (role === 'user' || role === 'assistant') && content.trim() !== ''
}

/** The paths that were touched last, with what happened to each last. */
class Files {
  readonly #last = new Map<string, string>()

  edit(path: string, operation: string): void {
    this.#last.delete(path)
    this.#last.set(path, operation)
    if (this.#last.size <= shown.files) return
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest)
      this.more = true
      return
    }
  }

  /** Others were touched before. */
  more = false

  pin(path: string | undefined): void {
    if (path !== undefined) this.edit(path, this.#last.get(path) ?? 'pin')
  }

  get list(): readonly (readonly [path: string, operation: string])[] {
    return [...this.#last]
  }
}
