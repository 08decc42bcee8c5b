// The machine of somebody who comes to daybook with years of work: what another agent left, and a server of a process of its own.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Home, openHome, type Running } from '../../daybook/src/cli/bin.fixture.ts'
import { type Client, openClient } from '../../daybook/src/client/client.ts'
import { pageFolder } from './browser.fixture.ts'

export interface Newcomer extends AsyncDisposable {
  readonly home: Home
  readonly url: string
  readonly client: Client
  /** Of the user, as the state folder keeps it. */
  readonly key: string
  /** `kill -9` of the server. */
  kill(): Promise<void>
  /** The server once more, at the same address. */
  restart(): Promise<void>
}

/** What a session is about; by turns, so that few titles are the only ones of their kind. */
const topics = ['Rename the panel', 'Why is the start slow?', 'Tidy the release notes', 'Обновить страницы о повторах']
const decision = 'decision: no clock skew tolerance, see RFC 7519'

/** As Claude Code writes it; the one in the middle holds an old decision. */
function transcript(at: number, many: number, cwd: string): string {
  const id = `5f0c1f0e-4b38-4f4e-9d43-${String(at).padStart(12, '0')}`
  const minute = Date.UTC(2026, 5, 1) + at * 3_600_000
  const old = at === Math.floor(many / 2)
  const said = [
    ['user', old ? 'May tokens be a little late?' : `${topics[at % topics.length]}, part ${at}`],
    ['assistant', old ? `I looked at both clocks. ${decision}.` : `Done: part ${at} is as it should be.`],
  ] as const
  const lines = said.map(([role, text], n) => ({
    type: role,
    parentUuid: null,
    isSidechain: false,
    userType: 'external',
    cwd,
    sessionId: id,
    version: '2.0.61',
    gitBranch: at % 3 === 0 ? 'fix-auth' : 'main',
    uuid: `00000000-0000-4000-8000-${String(2 * at + n).padStart(12, '0')}`,
    timestamp: new Date(minute + n * 60_000).toISOString(),
    message:
      role === 'user'
        ? { role, content: text }
        : { id: `msg_${at}`, type: 'message', role, model: 'claude-sonnet-4-5', content: [{ type: 'text', text }] },
  }))
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

function writeTranscripts(home: string, cwd: string, many: number): void {
  mkdirSync(cwd)
  const folder = join(home, '.claude', 'projects', '-home-anna-app')
  mkdirSync(folder, { recursive: true })
  for (let at = 0; at < many; at += 1) {
    writeFileSync(
      join(folder, `5f0c1f0e-4b38-4f4e-9d43-${String(at).padStart(12, '0')}.jsonl`),
      transcript(at, many, cwd),
    )
  }
}

/** What waits for an approval. */
const push = `import { defineSkill } from 'daybook'

export default defineSkill({
  name: 'Push',
  description: 'Pushes commits of a branch.',
  input: { type: 'string' },
  risk: 'high',
  run: (command: string) => 'done: ' + command,
})
`

function writeSkill(folder: string): void {
  mkdirSync(join(folder, 'push'), { recursive: true })
  writeFileSync(join(folder, 'push', 'skill.ts'), push)
}

/** A home with so many transcripts, and `daybook serve` beside it with the page of these sources. */
export async function openNewcomer(many: number): Promise<Newcomer> {
  await pageFolder()
  const home = openHome()
  writeTranscripts(home.folder, home.path('app'), many)
  writeSkill(home.path('data', 'skills'))
  const store = ['--store', home.path('data', 'daybook.db')]
  let running: Running
  const first = await home.serve(store)
  running = first
  const { url } = first
  return {
    home,
    url,
    client: openClient({ url }),
    get key() {
      return readFileSync(home.path('state', 'daybook', 'key'), 'utf8').trim()
    },
    async kill() {
      running.process.kill('SIGKILL')
      await running.ended
    },
    async restart() {
      running = home.start(['serve', '--port', new URL(url).port, ...store])
      await running.prints(/^ {2}next/m)
    },
    async [Symbol.asyncDispose]() {
      await home.end()
    },
  }
}
