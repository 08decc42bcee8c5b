// What a client and a host say to each other over one script of calls, and its recording: `node wire-record.fixture.ts <file> <empty folder>`.

import { readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { isDaybookError } from '../../schema/errors.ts'
import { hostClient } from './client.ts'
import type { ProcessHost } from './contract.ts'
import { endHost, script } from './hosting.fixture.ts'
import { type Answer, makeFolder, type Request, socketPath } from './wire.ts'

/** One line, in the order in which it was seen; each follower has a connection of its own. */
export interface Said {
  readonly on: number
  readonly request?: Request
  readonly answer?: Answer
}

/** What a call gave: its result, or the code and field of its error. */
export type Given = { readonly result: unknown } | { readonly code: string; readonly field: string | undefined }

export interface Recording {
  readonly said: readonly Said[]
  readonly given: readonly Given[]
}

export function readRecording(path: string): Recording {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const items = lines.map((line) => JSON.parse(line) as Said | { readonly given: Given })
  return {
    said: items.flatMap((item) => ('on' in item ? [item] : [])),
    given: items.flatMap((item) => ('given' in item ? [item.given] : [])),
  }
}

async function followed(host: ProcessHost, key: string, out = 0): Promise<unknown> {
  const seen: { type: string; text?: string; [field: string]: unknown }[] = []
  for await (const event of host.follow(key, { out, err: 0 }, AbortSignal.timeout(60_000))) {
    if (event.type !== 'output') seen.push({ ...event })
    else {
      const { bytes, ...rest } = event
      seen.push({ ...rest, text: Buffer.from(bytes).toString() })
    }
  }
  // Both streams are told as they are found, and in pieces of any size.
  return seen.sort((a, b) => String(a.stream ?? 'z').localeCompare(String(b.stream ?? 'z')))
}

const files = script('files', 'cat; echo bad >&2; exit 7', { input: 'given é\n' })
const cat = script('pipes', 'read -r a; echo "<$a>"; exit 3', { mode: 'pipes' })
const shell = script('pty', 'read -r a; exit 4', { mode: 'pty', cols: 80, rows: 24 })

/** Each operation, and what refuses it; one after the other, without looking at the clock. */
const calls: readonly ((host: ProcessHost) => Promise<unknown>)[] = [
  (host) => host.list(),
  (host) => host.get('files'),
  (host) => host.spawn(files),
  (host) => followed(host, 'files'),
  (host) => host.spawn(files),
  (host) => host.get('files'),
  (host) => host.acknowledge('files', { out: 9, err: 0 }),
  (host) => followed(host, 'files'),
  (host) => followed(host, 'none'),
  (host) => host.spawn({ ...files, key: 'bad', binary: '/no/such/program' }),
  (host) => host.spawn({ ...files, key: 'bad', mode: 'other' as 'files' }),
  (host) => host.write('files', 'late'),
  (host) => host.spawn(cat),
  (host) => host.resize('pipes', 10, 10),
  (host) => host.screen('pipes'),
  (host) => host.forget('pipes'),
  (host) => host.write('pipes', 'é\n'),
  (host) => host.closeInput('pipes'),
  (host) => followed(host, 'pipes'),
  (host) => host.spawn(shell),
  (host) => host.resize('pty', 100, 30),
  (host) => host.resize('pty', 0, 30),
  (host) => host.screen('pty'),
  (host) => host.signal('pty', 'SIGNONE' as 'SIGINT', 'group'),
  (host) => host.signal('none', 'SIGINT', 'group'),
  (host) => host.signal('pty', 'SIGKILL', 'tree'),
  (host) => followed(host, 'pty'),
  (host) => host.forget('files'),
  (host) => host.forget('pty'),
  (host) => host.list(),
]

export async function performed(host: ProcessHost): Promise<Given[]> {
  const given: Given[] = []
  for (const call of calls) {
    try {
      given.push({ result: (await call(host)) ?? null })
    } catch (error) {
      if (!isDaybookError(error)) throw error
      given.push({ code: error.code, field: error.field })
    }
  }
  return given
}

/** Stands between a client and a host, and writes down what passes. */
async function between(from: string, to: string, said: Said[]): Promise<() => void> {
  let connections = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    connections += 1
    const on = connections
    const host = connect(to)
    const pass = (one: Socket, other: Socket, saw: (line: string) => Said): void => {
      open.add(one)
      one.on('error', () => one.destroy())
      one.on('close', () => other.end())
      createInterface(one).on('line', (line) => {
        said.push(saw(line))
        other.write(`${line}\n`)
      })
    }
    pass(client, host, (line) => ({ on, request: JSON.parse(line) as Request }))
    pass(host, client, (line) => ({ on, answer: JSON.parse(line) as Answer }))
  })
  await new Promise<void>((resolve) => server.listen(from, resolve))
  return () => {
    server.close()
    for (const socket of open) socket.destroy()
  }
}

if (process.argv[1] === import.meta.filename) {
  const [, , path = '', folder = ''] = process.argv
  const direct = hostClient({ folder })
  await direct.list()
  makeFolder(`${folder}/seen`)
  const said: Said[] = []
  const end = await between(socketPath(`${folder}/seen`), socketPath(folder), said)
  const client = hostClient({ folder: `${folder}/seen` })
  const given = await performed(client)
  await Promise.all([client.close(), direct.close()])
  end()
  await endHost(folder)
  const items: readonly unknown[] = [...said, ...given.map((one) => ({ given: one }))]
  writeFileSync(path, items.map((item) => `${JSON.stringify(item)}\n`).join(''))
}
