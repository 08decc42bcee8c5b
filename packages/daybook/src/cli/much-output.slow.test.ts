// A prompt that prints half a gigabyte, through a real server: what the server, the process host and the log have of it.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openHome } from './bin.fixture.ts'

const printing = (bytes: number): string => `yes 'a line of output' | head -c ${bytes}`

/** The most memory that a process ever had, in bytes. */
const memory = (pid: number): number =>
  Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024

/** Bytes that everything under a folder takes on the disk. */
function taken(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.blocks ?? 0) * 512,
    0,
  )
}

interface Piece {
  readonly offset: number
  readonly bytes: number
}

/** What the log has of the output of all processes of an exported session. */
function printedIn(exported: string): Piece[] {
  const lines = exported
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly kind?: string; readonly body: string })
  return lines.filter(({ kind }) => kind === 'process.output').map(({ body }) => JSON.parse(body) as Piece)
}

test('500 MB by a prompt cost the server no more than twice the memory of 5 MB, the log 1 MB, and the disk little', async (t) => {
  const home = openHome()
  t.after(() => home.end())
  const running = await home.serve()
  const used: number[] = []
  for (const size of [5_000_000, 500_000_000]) {
    const { exit, err } = await home.daybook(['start', 'bash', printing(size), '--server', running.url])
    assert.equal(exit, 0, err)
    const tail = /^(\S+) {2}bash in /m.exec(err)?.[1] ?? ''
    const exported = await home.daybook(['export', tail, '--server', running.url])
    assert.equal(exported.exit, 0, exported.err)
    const pieces = printedIn(exported.out)
    assert.equal(pieces[0]?.offset, 0)
    assert.equal((pieces.at(-1)?.offset ?? 0) + (pieces.at(-1)?.bytes ?? 0), size, 'up to the last byte')
    // A word that would be cut in two is left out.
    const kept = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
    assert.ok(kept <= 1 << 20 && kept > (1 << 20) - 100, `${kept} bytes in the log`)
    used.push(memory(running.process.pid ?? 0))
  }
  const [little = 0, much = 0] = used
  assert.ok(little > 0 && much <= 2 * little, `${much} bytes against ${little}`)
  const disk = taken(home.folder)
  assert.ok(disk < 64 << 20, `${disk} bytes of store and process host`)
})
