// The view `processes`: every execution of a program, with how it ended.

import type { Kind } from '../../schema/kinds.ts'
import { dataOf } from '../decode.ts'
import { activeEntries } from './active.ts'
import type { ProcessesView, ProcessView } from './contract.ts'
import type { Moment } from './views.ts'

type Open = { -readonly [Name in keyof ProcessView]: ProcessView[Name] }

const kinds = ['process.started', 'process.output', 'process.exited'] as const satisfies readonly Kind[]

export async function processesView({ store, head }: Moment): Promise<ProcessesView> {
  const found = new Map<string, Open>()
  for await (const entry of activeEntries(store, head.session, head.seq, { kinds })) {
    if (entry.kind === 'process.started') {
      const data = dataOf(entry, 'process.started')
      if (!data) continue
      const { process_id: process, run_id: run, program, driver, pid, host, args, workdir, version, resumed } = data
      found.set(process, {
        ...{ process, program, driver, pid, host, args, workdir },
        ...(run === undefined ? {} : { run }),
        ...(version === undefined ? {} : { version }),
        resumed: resumed ?? false,
        status: 'running',
        startedAt: entry.at,
        exitedAt: null,
        bytes: 0,
        seq: entry.seq,
      })
    } else if (entry.kind === 'process.output') {
      const data = dataOf(entry, 'process.output')
      const one = data && found.get(data.process_id)
      if (one && data.stream === 'out') one.bytes = data.offset + data.bytes
    } else {
      const data = dataOf(entry, 'process.exited')
      const one = data && found.get(data.process_id)
      if (one) end(one, data, entry.at)
    }
  }
  return { processes: [...found.values()] }
}

function end(one: Open, data: { exit_code?: number; signal?: string; bytes: number }, at: number): void {
  const { exit_code: exitCode, signal, bytes } = data
  one.status = exitCode === undefined && signal === undefined ? 'lost' : 'exited'
  if (exitCode !== undefined) one.exitCode = exitCode
  if (signal !== undefined) one.signal = signal
  one.exitedAt = at
  one.bytes = bytes
}
