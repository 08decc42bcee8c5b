// What tests of process hosts share: folders of their own, real programs, and all that a process printed.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { isDaybookError } from '../../schema/errors.ts'
import { until } from '../../until.fixture.ts'
import { hostClient } from './client.ts'
import type { HostEvent, ProcessHost, SpawnRequest } from './contract.ts'
import { inlineHost } from './inline.ts'
import { alive, identityOf } from './proc.ts'
import { socketPath } from './wire.ts'

export { until }

export const bash = '/bin/bash'

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}

/** Of tests that need a terminal; where the package for them is missing all others have to pass. */
export const inTerminal = {
  skip: isInstalled('@lydell/node-pty') ? false : 'the package for terminals is not installed',
} as const

/** Removed behind the test, once `before` is done. */
export function folderFor(t: TestContext, before: (folder: string) => Promise<void> = endHost): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'process-host-')))
  t.after(async () => {
    await before(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  return folder
}

/** One line of the wire there and one back, without the client. */
export async function said(folder: string, line: string): Promise<Record<string, unknown>> {
  const socket = connect(socketPath(folder))
  socket.on('error', () => undefined)
  socket.write(`${line}\n`)
  try {
    for await (const answer of createInterface(socket)) return JSON.parse(answer) as Record<string, unknown>
  } finally {
    socket.destroy()
  }
  return {}
}

export async function hostPid(folder: string): Promise<number> {
  const answer = await said(folder, '{"id":1,"op":"hello","protocol":1}')
  return Number((answer.result as { pid?: number } | undefined)?.pid)
}

export async function endHost(folder: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const pid = await hostPid(folder)
  if (!(pid > 0)) return
  const identity = identityOf(pid)
  process.kill(pid, signal)
  await until(() => !alive(identity), 'the end of the host')
}

/** Of an error: its code, and the field that it names. */
export const refused =
  (code: string, field?: string) =>
  (error: unknown): boolean =>
    isDaybookError(error) && error.code === code && (field === undefined || error.field === field)

export interface Hosted {
  readonly folder: string
  readonly host: ProcessHost
}

export type Opening = (t: TestContext) => Hosted

export function openClient(t: TestContext): Hosted {
  const folder = folderFor(t, async () => {
    await host.close()
    await endHost(folder)
  })
  const host = hostClient({ folder })
  return { folder, host }
}

export function openInline(t: TestContext): Hosted {
  const folder = folderFor(t, () => host.close())
  const host = inlineHost({ folder })
  return { folder, host }
}

/** A request for bash with a script; further arguments are its $1, $2, … */
export function script(key: string, text: string, more: Partial<SpawnRequest> = {}): SpawnRequest {
  const args = ['--norc', '--noprofile', '-c', text, 'script', ...(more.args ?? [])]
  return { key, mode: 'files', binary: bash, env: { PATH: '/usr/bin:/bin' }, cwd: '/', ...more, args }
}

export interface Output {
  readonly out: string
  readonly err: string
  readonly events: readonly HostEvent[]
  readonly exit: Extract<HostEvent, { type: 'exit' }>['exit'] | undefined
}

/** Everything from there to the end; fails where a byte is missing or comes twice. */
export async function output(host: ProcessHost, key: string, from = { out: 0, err: 0 }): Promise<Output> {
  const bytes: Record<'out' | 'err', Uint8Array[]> = { out: [], err: [] }
  const at = { ...from }
  const events: HostEvent[] = []
  for await (const event of host.follow(key, from, AbortSignal.timeout(60_000))) {
    events.push(event)
    if (event.type === 'exit') continue
    const start = event.type === 'gap' ? event.from : event.offset
    if (start !== at[event.stream])
      throw new Error(`${event.stream} goes on at ${start} instead of ${at[event.stream]}`)
    if (event.type === 'output') bytes[event.stream].push(event.bytes)
    at[event.stream] = event.type === 'gap' ? event.to : start + event.bytes.length
  }
  const last = events.at(-1)
  const text = (stream: 'out' | 'err'): string => Buffer.concat(bytes[stream]).toString()
  return { out: text('out'), err: text('err'), events, exit: last?.type === 'exit' ? last.exit : undefined }
}
