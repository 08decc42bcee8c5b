// `daybook show --processes`: every execution of a program in a session, how it ended and how much it printed.

import type { ViewShapes } from '../../client/client.ts'
import { exitOf } from '../format/entry.ts'
import { ago, bytes, lasting } from '../format/time.ts'
import { oneLine } from '../format/width.ts'
import type { Output } from '../output.ts'

type ProcessShape = ViewShapes['processes']['processes'][number]

export function printProcesses(output: Output, processes: readonly ProcessShape[], now: number): void {
  if (processes.length === 0) output.hint('no processes')
  const rows = processes.map((process) => {
    const { seq, program, started_at, exited_at, args } = process
    const started = Date.parse(started_at)
    return [
      String(seq),
      statusOf(process),
      oneLine(program),
      ago(started, now),
      exited_at === null ? '' : lasting(Date.parse(exited_at) - started),
      bytes(process.bytes),
      oneLine(args.join(' ')),
    ]
  })
  const right = { right: true }
  output.table(rows, {
    indent: 1,
    columns: [right, {}, {}, right, right, right, { flexible: true }],
    styles: ['dim', undefined, 'cyan', 'dim'],
  })
}

function statusOf(process: ProcessShape): string {
  if (process.status !== 'running') return exitOf(process)
  return `running (process ${process.pid} on ${oneLine(process.host)})`
}
