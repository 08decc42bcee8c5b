// The screen of a process as it lives, over a WebSocket: seen by any number of clients, typed into by the one that types.

import { DaybookError } from '../../schema/errors.ts'
import { AttachQuery } from '../../schema/wire-processes.ts'
import { type Size, Sizes } from '../attach/sizes.ts'
import { Watcher } from '../attach/watcher.ts'
import type { Driven } from '../context.ts'
import { alive, foundProcess, processPath, toldTyping } from '../processes.ts'
import { type Route, socketRoute } from '../route.ts'

/** Of the programs of one server. */
const sizes = new WeakMap<Driven, Sizes>()

function sizesOf(driven: Driven): Sizes {
  const known = sizes.get(driven)
  if (known) return known
  const made = new Sizes((name, { cols, rows }) => driven.live.processes.resize(name, cols, rows))
  sizes.set(driven, made)
  return made
}

const attach = socketRoute(
  {
    method: 'GET',
    path: `${processPath}/attach`,
    operation: 'attachToProcess',
    tag: 'runs',
    summary: 'See the screen of a process as it lives, and type into it',
    details:
      'A WebSocket. The first frame is a snapshot of the screen; behind it comes every byte that is printed, in binary frames: ' +
      'two offsets of eight bytes, from and to, big-endian, then the bytes. A client that is slow is shown a gap and another ' +
      'snapshot. Clients send keys, as binary frames or as {"type": "input", "text"}, and {"type": "resize", "cols", "rows"}; whoever ' +
      'typed last decides the size. A page shows the key of the user as a protocol, bearer.<key>, beside daybook.attach.',
    query: AttachQuery,
    answers: { 101: { description: 'Frames follow.' } },
    errors: ['unauthenticated', 'forbidden', 'invalid_state', 'unreachable'],
  },
  async (call) => {
    const found = await foundProcess(call, call.params)
    const process = await alive(found)
    if (process.mode !== 'pty') throw new DaybookError('invalid_state', 'the process has no screen')
    const { cols, rows, from = null, safe } = call.query
    const { driven, name } = found
    const page = call.request.headers.origin !== undefined
    return (socket) => {
      const leave = driven.watch.attach(name)
      const watcher = new Watcher(socket, {
        ...{ processes: driven.live.processes, name, sizes: sizesOf(driven), from, types: driven.rawInput },
        ...{ size: sizeOf(cols, rows), safe: page || safe === true, typing: (keys) => toldTyping(found, keys) },
        onError: (error) => call.request.log.error(error, 'attached to a process'),
      })
      void watcher.run().finally(leave)
    }
  },
)

function sizeOf(cols: number | undefined, rows: number | undefined): Size | null {
  return cols === undefined || rows === undefined ? null : { cols, rows }
}

export const attachRoutes: readonly Route[] = [attach]
