// One session: reading, following, views, and every write as a command to the writer.

import type { AnyEntry, NewEntry, StoredEntry } from '../schema/entries.ts'
import { DaybookError } from '../schema/errors.ts'
import type { Cell, Head } from '../schema/heads.ts'
import type { Seq, SessionId, Subject } from '../schema/ids.ts'
import type { Kind } from '../schema/kinds.ts'
import type { NoteType, PlaceEvent } from '../schema/states.ts'
import type { Key, Mark, Range, Scope, ScopedStore } from '../store/store.ts'
import type { Command, Made, Writable } from './assemble.ts'
import type {
  AppendOnOptions,
  Caller,
  HandleOptions,
  Receipt,
  RunRecord,
  Session,
  UpdateFields,
  WriteOptions,
  Writing,
} from './contract.ts'
import { decode } from './decode.ts'
import { deleteSession } from './deletion.ts'
import { type Draft, digestOf, draft, draftAll, madeOf } from './drafts.ts'
import type { Engine } from './engine.ts'
import { erasedBelow, eraseEntries } from './erasure.ts'
import type { Folded } from './fold.ts'
import { followSession } from './follow.ts'
import type { ForkOptions } from './forking.ts'
import { keyOf, keyWith } from './keys.ts'
import { currentHead, goneError, headAt, isOutdated } from './loading.ts'
import { markSession } from './marks.ts'
import { checkId, openingOf, ownerOf } from './opening.ts'
import { checkStateScope, writerOf } from './own-kinds.ts'
import { entriesOf } from './pages.ts'
import { foldAt } from './refold.ts'
import { Rewinding } from './rewinding.ts'
import { runEntries } from './run-record.ts'
import { summaryData, summaryOf } from './summaries.ts'
import { updateEntries } from './updates.ts'
import type { RunView, ViewName, ViewOf, ViewOptions } from './views/contract.ts'
import { viewOf } from './views/views.ts'

/** What a write is, beside its options. */
export interface Write {
  readonly operation: string
  /** What the key's digest is made of. */
  readonly request: unknown
  readonly event?: PlaceEvent
  readonly make: (state: Folded) => Made
  readonly alone?: Command['alone']
}

export class SessionHandle implements Session {
  readonly id: SessionId
  readonly engine: Engine
  readonly scope: Scope
  readonly caller: Caller
  readonly store: ScopedStore
  readonly #options: HandleOptions
  /** The first entry, made with the first write: the next ones rarely need it. */
  #opening: Draft | undefined

  /** @throws DaybookError `invalid` */
  constructor(engine: Engine, scope: Scope, caller: Caller, id: SessionId, options: HandleOptions = {}) {
    this.engine = engine
    this.scope = scope
    this.caller = caller
    this.id = checkId(id, caller.writer !== 'C')
    this.store = engine.writer.scoped(scope)
    this.#options = options
  }

  async head(until?: Seq): Promise<Head> {
    const head = await this.#storedHead()
    return until === undefined ? currentHead(this.#whole, head) : headAt(this.#whole, head, until)
  }

  async cell(): Promise<Cell> {
    const head = await this.#storedHead()
    const cell = isOutdated(head) ? (await foldAt(this.#whole, this.id, head.seq)).cell : await this.store.cell(this.id)
    if (!cell) throw new DaybookError('gone', `${this.id} was deleted`)
    return cell
  }

  get #whole(): ScopedStore {
    return this.engine.writer.whole(this.scope.tenant)
  }

  async #storedHead(): Promise<Head> {
    const head = await this.store.head(this.id)
    if (!head) throw new DaybookError('not_found', `no session ${this.id}`)
    if (head.place === 'deleted') throw goneError(head)
    return head
  }

  /** No async function, nor {@link submit}: every append passes here, and promises cost. */
  append<K extends Kind>(entries: NewEntry<K> | readonly NewEntry<K>[], options: WriteOptions = {}): Promise<Receipt> {
    try {
      const list = (Array.isArray(entries) ? entries : [entries]) as readonly NewEntry[]
      const drafts = draftAll(list, this.caller.writer, this.engine.redactor)
      for (const one of drafts) checkStateScope(one)
      const made = { drafts }
      const write = { operation: 'append', request: null, make: () => made }
      if (options.key === undefined) return this.submit(write, options)
      return this.submit(write, { ...options, key: keyWith(this.caller, options.key, () => digestOf(drafts)) })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  appendOn(
    make: (head: Head) => readonly NewEntry[] | Writing,
    request: unknown,
    { rewind, ...options }: AppendOnOptions = {},
  ): Promise<Receipt> {
    const made = (head: Head): Made => madeOf(make(head), this.caller.writer, this.engine.redactor)
    const write = { operation: 'append', request }
    if (rewind === undefined) return this.submit({ ...write, make: ({ head }) => made(head) }, options)
    const back = this.#rewinding(rewind)
    return this.submit({ ...write, ...back.before((head) => made(head).drafts) }, options)
  }

  /** Hands a write to the writer. */
  submit(write: Write, options: WriteOptions = {}): Promise<Receipt> {
    try {
      return this.engine.writer.submit(this.scope, this.id, this.#command(write, options))
    } catch (error) {
      return Promise.reject(error)
    }
  }

  #command(write: Write, options: WriteOptions): Command {
    const { key, expect, refs, fence = this.caller.fence } = options
    const { alone, event = 'write' } = write
    // What looks back or moves the session means one that is there.
    const opens = event === 'write' && !alone ? this.#options.opens : undefined
    if (opens) this.#opening ??= openingOf(opens, this.scope, this.engine.redactor)
    const { actor } = this.caller
    const command: Writable<Command> = { actor, opens: opens ? 'may' : 'no', event, make: write.make }
    if (opens && this.#opening) command.opening = this.#opening
    if (opens && this.#options.isNew) command.isNew = true
    if (alone) command.alone = alone
    if (key !== undefined) command.key = this.key(key, write.operation, write.request)
    if (expect !== undefined) command.expect = expect
    if (fence !== undefined) command.fence = fence
    if (refs !== undefined) command.refs = refs.map((ref) => ({ ...ref }))
    return command
  }

  key(key: string | Key, operation: string, request: unknown): Key {
    return keyOf(this.caller, key, operation, request)
  }

  /** Writes entries of the engine's kinds in the caller's name. */
  async #write(operation: string, request: unknown, entries: readonly NewEntry[], options?: WriteOptions) {
    const made = { drafts: entries.map((entry) => this.draft(entry)) }
    return this.submit({ operation, request, make: () => made }, options)
  }

  /** A draft of an entry of the engine's own kinds. */
  draft(entry: NewEntry): Draft {
    return draft(entry, writerOf(entry), this.engine.redactor)
  }

  async read(range?: Range): Promise<readonly AnyEntry[]> {
    return (await this.stored(range)).map(decode)
  }

  async stored(range?: Range): Promise<readonly StoredEntry[]> {
    const entries = await this.store.read(this.id, range)
    if (entries.length === 0) await this.head()
    return entries
  }

  async *stream(range: Range = {}): AsyncGenerator<StoredEntry> {
    const head = await this.head()
    const until = Math.min(range.until ?? head.seq, head.seq)
    let count = 0
    for await (const entry of entriesOf(this.store, this.id, { ...range, until })) {
      yield entry
      count += 1
    }
    // An end that came too early would look like a whole answer: the session may be gone.
    if (count === 0 || range.kinds || range.limit) await this.head()
    else if (count < until - Math.max(range.after ?? 0, 0)) throw new DaybookError('gone', `${this.id} was deleted`)
  }

  follow(after: Seq, signal: AbortSignal): AsyncIterable<StoredEntry> {
    const either = AbortSignal.any([signal, this.engine.closing])
    return followSession(this.engine.tail, this.store, this.id, after, either)
  }

  view<N extends ViewName>(name: N, options: ViewOptions = {}): Promise<ViewOf<N>> {
    return viewOf(this, name, options)
  }

  async fork(options: ForkOptions = {}): Promise<Session> {
    const { forkSession } = await import('./forking.ts')
    return new SessionHandle(this.engine, this.scope, this.caller, await forkSession(this, options))
  }

  async rewind(to: Seq, options?: WriteOptions): Promise<Receipt> {
    return this.submit(this.#rewinding(to).alone(), options)
  }

  #rewinding(to: Seq): Rewinding {
    return new Rewinding(to, this.draft({ kind: 'session.rewound', data: { to } }), this.#whole)
  }

  async update(fields: UpdateFields, options?: WriteOptions): Promise<Receipt> {
    return this.#write('update', fields, updateEntries(fields), options)
  }

  handoff(to: string, reason = '', options?: WriteOptions): Promise<Receipt> {
    const make = ({ head }: Folded): Made => ({
      drafts: [this.draft({ kind: 'handoff', data: { from: head.currentAgent, to, reason } })],
    })
    return this.submit({ operation: 'handoff', request: [to, reason], make }, options)
  }

  note(text: string, type: NoteType = 'insight', options?: WriteOptions): Promise<Receipt> {
    return this.append({ kind: 'note', data: { type, text } }, options)
  }

  pin(path: string, on = true, options?: WriteOptions): Promise<Receipt> {
    return this.append({ kind: 'pin', data: { path, on } }, options)
  }

  share(readers: readonly Subject[], options?: WriteOptions): Promise<Receipt> {
    const data = { readers: [...new Set(readers)] }
    return this.#write('share', data.readers, [{ kind: 'session.shared', data }], options)
  }

  archive(options?: WriteOptions): Promise<Receipt> {
    return this.submit(this.#move('archive', { kind: 'session.archived', data: {} }), options)
  }

  trash(options?: WriteOptions): Promise<Receipt> {
    return this.submit(this.#move('trash', { kind: 'session.trashed', data: {} }), options)
  }

  restore(options?: WriteOptions): Promise<Receipt> {
    const make = ({ head }: Folded): Made => ({
      drafts: [this.draft({ kind: head.place === 'archived' ? 'session.reopened' : 'session.restored', data: {} })],
    })
    return this.submit({ operation: 'restore', request: null, event: 'restore', make }, options)
  }

  #move(event: 'archive' | 'trash', entry: NewEntry): Write {
    const made = { drafts: [this.draft(entry)] }
    const make = ({ head }: Folded): Made => {
      if (head.openRuns.length > 0) throw new DaybookError('busy', `${this.id} has open work`)
      return made
    }
    return { operation: event, request: null, event, make }
  }

  delete(options?: Parameters<Session['delete']>[0]): Promise<boolean> {
    return deleteSession(this, options)
  }

  erase(seqs: readonly Seq[], options?: WriteOptions): Promise<Receipt> {
    return eraseEntries(this, seqs, options)
  }

  async addRun(run: RunRecord, options?: WriteOptions): Promise<Receipt> {
    return this.#write('run', run, runEntries(run, this.engine.clock()), options)
  }

  async lastRun(): Promise<RunView | null> {
    return (await this.view('runs')).runs.at(-1) ?? null
  }

  summary(): ReturnType<Session['summary']> {
    return summaryOf(this)
  }

  async summarise(given?: Parameters<Session['summarise']>[0], options?: WriteOptions): Promise<Receipt> {
    return this.#write('summarise', given ?? null, [{ kind: 'summary', data: await summaryData(this, given) }], options)
  }

  async mark(subject: Subject = ownerOf(this.scope)): Promise<Mark> {
    await this.head()
    return this.store.marks.get(this.id, subject)
  }

  setMark(mark: Mark, subject: Subject = ownerOf(this.scope)): Promise<Mark> {
    return markSession(this, subject, { ...mark })
  }

  erasedBelow(): ReturnType<Session['erasedBelow']> {
    return erasedBelow(this)
  }

  async forks(): Promise<readonly SessionId[]> {
    await this.head()
    return this.store.forks(this.id)
  }
}
