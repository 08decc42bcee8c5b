// What the tests of adopting share: homes with recordings in them, and engines on stores in memory and in files.

import { cp, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { ScopedSessions, Session, Sessions } from '../session/contract.ts'
import { openSessions } from '../session/sessions.ts'
import { memoryStore } from '../store/memory.ts'
import { sqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { adopt } from './adopt.ts'
import type { TranscriptReader } from './contract.ts'
import type { AdoptOptions, AdoptReport } from './contract-adopt.ts'
import type { Adopted } from './place.ts'
import { unpack } from './raw.ts'

const recordings = fileURLToPath(new URL('recordings', import.meta.url))

/** Where a test, or one of the cases that it tries, is tidied up behind. */
export interface Ending {
  after(tidy: () => unknown): void
}

export async function temporaryFolder(t: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'daybook-home-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A home folder as one version of one program left it. */
export async function homeOf(t: Ending, recording: string): Promise<string> {
  const home = await temporaryFolder(t)
  await cp(join(recordings, recording), home, { recursive: true })
  for (const path of await filesIn(home)) if (path.endsWith('.db.sql')) await database(t, join(home, path))
  return home
}

/** As the program keeps it while it runs: the last rows stand in the log only. */
async function database(t: Ending, path: string): Promise<void> {
  const rows = await readFile(path, 'utf8')
  const open = new DatabaseSync(path.slice(0, -4))
  open.exec('PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=OFF')
  open.exec(rows)
  t.after(() => open.close())
  await rm(path)
}

export async function filesIn(folder: string): Promise<string[]> {
  const inside = await readdir(folder, { recursive: true, withFileTypes: true })
  return inside
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
    .sort()
}

/** Names, sizes and times of all that is in a folder. */
export async function traces(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder, { recursive: true })).sort()
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs, mode } = await stat(join(folder, name))
      return `${name} ${size} ${mtimeMs} ${mode}`
    }),
  )
}

export class Adopting {
  readonly store: Store
  readonly engine: Sessions
  readonly sessions: ScopedSessions
  readonly reader: TranscriptReader
  home: string

  constructor(store: Store, engine: Sessions, reader: TranscriptReader, home: string) {
    this.store = store
    this.engine = engine
    this.reader = reader
    this.home = home
    const scope = { tenant: 'default', subjects: ['local'] }
    this.sessions = engine.within(scope, { actor: 'engine:adopt', writer: 'I' })
  }

  adopt(options: Partial<AdoptOptions> = {}): Promise<AdoptReport> {
    return adopt({ readers: [this.reader], places: { home: this.home }, sessions: this.sessions, ...options })
  }

  async all(): Promise<readonly Session[]> {
    const { items } = await this.sessions.list({ limit: 1000, order: 'oldest' })
    return items.map((head) => this.sessions.session(head.session))
  }

  /** The only session there is. */
  async only(): Promise<Session> {
    const [one, ...others] = await this.all()
    if (!one || others.length > 0) throw new Error(`${others.length + 1} sessions`)
    return one
  }
}

/** An engine on a store in memory, or with a path in that file. */
export async function adopting(t: Ending, reader: TranscriptReader, home: string, path?: string): Promise<Adopting> {
  const store = path === undefined ? memoryStore() : sqliteStore({ path })
  const engine = await openSessions({ store })
  t.after(async () => {
    await engine.close()
    await store.close()
  })
  return new Adopting(store, engine, reader, home)
}

export async function messagesOf(session: Session) {
  const entries = await session.read()
  return entries.flatMap((entry) => (entry.kind === 'message' && entry.data ? [{ ...entry.data, at: entry.at }] : []))
}

export async function adoptions(session: Session): Promise<readonly Adopted[]> {
  const entries = await session.read({ kinds: ['transcript.adopted'] })
  return entries.map((entry) => entry.data as Adopted)
}

/** All records beside the entries, in their order. */
export async function rawLines(sessions: ScopedSessions, session: Session): Promise<readonly string[]> {
  const lines: string[] = []
  for (const { blob } of (await adoptions(session)).filter((one) => one !== null)) {
    const bytes = blob === undefined ? null : await sessions.blobs.get(blob)
    if (bytes) lines.push(...unpack(bytes))
  }
  return lines
}

/** What was said, thought and called, in order: whether a thought stands in a message of its own depends on when it was seen. */
export async function said(session: Session): Promise<readonly unknown[]> {
  return (await messagesOf(session)).flatMap(({ role, content, parts, model }) => [
    ...(parts ?? []).map((part) => ({ role, model, part })),
    ...(content === '' ? [] : [{ role, model, content }]),
  ])
}
