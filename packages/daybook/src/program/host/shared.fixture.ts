// One host program for all tests of a file, of which each has keys and a folder for itself: most of their time went into starting hosts.

import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { hostClient } from './client.ts'
import type { HostProcess, ProcessHost } from './contract.ts'
import { endHost, folderFor, type Hosted } from './hosting.fixture.ts'

export class SharedHost {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'process-host-')))
  readonly #host = hostClient({ folder: this.#folder })
  #opened = 0

  open(t: TestContext): Hosted {
    this.#opened += 1
    const host = ofKeys(this.#host, `${this.#opened} `)
    const end = async (): Promise<void> => {
      for (const { key, exit } of await host.list()) if (!exit) await host.signal(key, 'SIGKILL', 'tree')
    }
    return { host, folder: folderFor(t, end) }
  }

  async end(): Promise<void> {
    await this.#host.close()
    await endHost(this.#folder)
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The host as whoever knows only keys with this beginning sees it, who never hears of that. */
function ofKeys(host: ProcessHost, own: string): ProcessHost {
  const shown = (process: HostProcess): HostProcess => ({ ...process, key: process.key.slice(own.length) })
  return {
    survivesRestart: host.survivesRestart,
    spawn: async (request) => shown(await host.spawn({ ...request, key: own + request.key })),
    list: async () => (await host.list()).filter(({ key }) => key.startsWith(own)).map(shown),
    get: async (key) => {
      const process = await host.get(own + key)
      return process && shown(process)
    },
    follow: (key, from, signal) => host.follow(own + key, from, signal),
    write: (key, bytes, name) => host.write(own + key, bytes, name),
    sent: (key, names) => host.sent(own + key, names),
    closeInput: (key) => host.closeInput(own + key),
    resize: (key, cols, rows) => host.resize(own + key, cols, rows),
    signal: (key, signal, target) => host.signal(own + key, signal, target),
    screen: (key) => host.screen(own + key),
    look: (key, asks) => host.look(own + key, asks),
    acknowledge: (key, offsets) => host.acknowledge(own + key, offsets),
    forget: (key) => host.forget(own + key),
    close: async () => undefined,
  }
}
