// Pipes with names, as children may open them anew: what the runtime makes by itself are sockets, and `> /dev/stderr` is refused there.

import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants

export interface PipeEnds {
  /** Of this process. */
  readonly own: { readonly input: Socket; readonly out: Socket; readonly err: Socket }
  /** Of the child: descriptors of its standard input, output and error, to be closed here once it has them. */
  readonly child: readonly [number, number, number]
}

/** Null where the system has no program for them. The names are gone when this resolves. */
export async function pipesAt(place: string): Promise<PipeEnds | null> {
  const paths = ['in', 'out', 'err'].map((name) => join(place, `pipe.${name}`))
  const [inPath = '', outPath = '', errPath = ''] = paths
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
  const opened: number[] = []
  let held: number | null = null
  const open = (path: string, flags: number): number => {
    const fd = openSync(path, flags)
    opened.push(fd)
    return fd
  }
  try {
    // An end that nobody has opposite cannot be opened, or waits for that: this one is opposite to both.
    held = openSync(inPath, O_RDWR | O_NONBLOCK)
    const [input, childIn] = [open(inPath, O_WRONLY | O_NONBLOCK), open(inPath, O_RDONLY)]
    const [out, childOut] = [open(outPath, O_RDONLY | O_NONBLOCK), open(outPath, O_WRONLY)]
    const [err, childErr] = [open(errPath, O_RDONLY | O_NONBLOCK), open(errPath, O_WRONLY)]
    const reads = (fd: number): Socket => new Socket({ fd, readable: true, writable: false })
    const own = {
      input: new Socket({ fd: input, readable: false, writable: true }),
      out: reads(out),
      err: reads(err),
    }
    return { own, child: [childIn, childOut, childErr] }
  } catch (error) {
    for (const fd of opened) closeSync(fd)
    throw error
  } finally {
    if (held !== null) closeSync(held)
    for (const path of paths) rmSync(path, { force: true })
  }
}
