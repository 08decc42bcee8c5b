// What servers do with processes that live on: look at them, type into them, follow and end them, by their names at the host.

import type { HostProcess, ProcessHost } from './host/contract.ts'

type Done = 'get' | 'write' | 'resize' | 'screen' | 'look' | 'follow' | 'signal'

/** Errors as of {@link ProcessHost}. */
export interface LiveProcesses extends Pick<ProcessHost, Done> {
  /**
   * All that the host has, ended ones included; null where none serves, for a look starts none. With `wake` one is started where
   * there was one before: only it can tell what became of its processes.
   */
  list(options?: { readonly wake?: boolean }): Promise<readonly HostProcess[] | null>
}

export interface HostSigns {
  /** A host serves now. */
  serves(): Promise<boolean>
  /** There was one, now or before. */
  known(): boolean
}

export function liveProcesses(host: ProcessHost, { serves, known }: HostSigns): LiveProcesses {
  return {
    list: async ({ wake = false } = {}) => ((wake ? known() : await serves()) ? host.list() : null),
    get: (name) => host.get(name),
    write: (name, bytes, once) => host.write(name, bytes, once),
    resize: (name, cols, rows) => host.resize(name, cols, rows),
    screen: (name) => host.screen(name),
    look: (name) => host.look(name),
    follow: (name, from, signal) => host.follow(name, from, signal),
    signal: (name, signal, target) => host.signal(name, signal, target),
  }
}
