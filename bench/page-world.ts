// What the bench on the page looks at: servers with many and with few sessions, a very long one, and very long output.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, openClient } from '../packages/daybook/src/client/client.ts'
import { pageFolder } from '../packages/web/test/browser.fixture.ts'
import { Child } from './child.ts'
import type { Question, Ready } from './page-server.ts'

/** A server, its store, and the port that it keeps when it is killed. */
export class Place {
  readonly #args: readonly string[]
  #child: Child
  #ready: Ready

  private constructor(args: readonly string[], child: Child, ready: Ready) {
    this.#args = args
    this.#child = child
    this.#ready = ready
  }

  static async open(file: string, page: string, empty: string): Promise<Place> {
    const args = [file, page, empty]
    const child = new Child(program, args)
    return new Place(args, child, await child.next<Ready>())
  }

  get url(): string {
    return this.#ready.url
  }

  /** Of the page that holds one word. */
  get empty(): string {
    return this.#ready.empty
  }

  get client(): Client {
    return openClient({ url: this.url })
  }

  async ask(question: Question): Promise<void> {
    await this.#child.ask(question)
  }

  /** Killed in the middle of whatever it does, and started again at the same address; when it began to answer. */
  async restart(meanwhile: () => Promise<unknown>): Promise<number> {
    await this.#child.end('SIGKILL')
    await meanwhile()
    this.#child = new Child(program, [...this.#args, new URL(this.url).port])
    this.#ready = await this.#child.next<Ready>()
    return this.#ready.at
  }

  async end(): Promise<void> {
    await this.#child.end()
  }
}

const program = join(import.meta.dirname, 'page-server.ts')

export interface World {
  readonly many: Place
  readonly few: Place
  /** The built page, as it is served. */
  readonly folder: string
}

/** `long`: entries of the session of that name. */
export async function openWorld(dir: string, many: number, few: number, long: number): Promise<World> {
  const folder = join(dir, 'page')
  cpSync(await pageFolder(), folder, { recursive: true })
  const nothing = join(dir, 'nothing')
  mkdirSync(join(nothing, 'assets'), { recursive: true })
  writeFileSync(
    join(nothing, 'index.html'),
    '<!doctype html>\n<html lang="en">\n<head><title>Empty</title></head>\n<body><p>Empty</p></body>\n</html>\n',
  )
  const places = await Promise.all(['many.db', 'few.db'].map((name) => Place.open(join(dir, name), folder, nothing)))
  const [large, small] = places as [Place, Place]
  await Promise.all([large.ask({ do: 'list', count: many }), small.ask({ do: 'list', count: few })])
  await large.ask({ do: 'talk', session: 'long', count: long })
  await large.ask({ do: 'talk', session: 'other', count: 500 })
  await fillOutput(large.client)
  return { many: large, few: small, folder }
}

/** Entries of the session `output`. */
export const outputEntries = 5

/** The most that an entry carries, an edit of as many lines, and a file of 4 MB. */
async function fillOutput(client: Client): Promise<void> {
  await client.create({ session_id: 'output' })
  const session = client.session('output')
  const line = (at: number): string => `line ${at + 1} of forty characters, no less, yes`
  const lines = Array.from({ length: 100_000 }, (_, at) => line(at)).join('\n')
  const { blob, size } = await session.putBlob(new TextEncoder().encode(lines))
  const added = Array.from({ length: 20_000 }, (_, at) => `+new ${line(at)}`).join('\n')
  const parts = [
    { role: 'assistant', content: '', parts: [{ type: 'call', call_id: 'c', name: 'build' }] },
    { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'c', output: lines.slice(0, 900_000) }] },
    {
      role: 'assistant',
      content: '',
      parts: [
        {
          type: 'edit',
          path: 'a.ts',
          operation: 'update',
          added: 20_000,
          removed: 0,
          diff: `@@ -1,0 +1,20000 @@\n${added}\n`,
        },
      ],
    },
    {
      role: 'user',
      content: 'the log',
      parts: [{ type: 'file', blob, size, name: 'build.log', media_type: 'text/plain' }],
    },
  ]
  for (const data of parts) await session.append([{ kind: 'message', data }])
}
