// The server side of the HTTP benches, a process of its own: http-server.ts bare|noop|shared|each <store folder> [relaxed]
import { startBare, startNoop } from './http-noop.ts'

/** What the parent gets: the port once, then the processor time used so far, in microseconds, for each question. */
export interface Ready {
  readonly port: number
}
export interface Used {
  readonly cpu: number
}

const [what, dir, mode] = process.argv.slice(2)

async function start(): Promise<number> {
  if (what === 'bare') return startBare()
  if (what === 'noop') return startNoop()
  if (what !== 'shared' && what !== 'each') throw new Error(`no server is called ${what}`)
  const { startServer } = await import('./daybook-server.ts')
  const { port } = await startServer({ dir: dir ?? '.', each: what === 'each', relaxed: mode === 'relaxed' })
  return port
}

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system } satisfies Used)
})
// A bench that died must not leave its servers behind.
process.once('disconnect', () => process.exit(0))
const port = await start()
process.send?.({ port } satisfies Ready)
