// Processes that live on, on a server: opening, looking, closing, and attaching to one.

import type {
  ClosedProcessShape,
  OpenedProcessShape,
  ProcessScreenShape,
  ProcessStateShape,
} from '../schema/wire-processes.ts'
import type { RunStateShape } from '../schema/wire-runs.ts'
import { type Attachment, type AttachOptions, attachTo } from './attach.ts'
import { type CallOptions, prefix, type WriteOptions, written } from './session.ts'
import { openTransport, type TransportOptions } from './transport.ts'

export type { AttachFrame, Attachment, AttachOptions } from './attach.ts'
export type { ClosedProcessShape, OpenedProcessShape, ProcessScreenShape, ProcessStateShape }

export interface ProgramShape {
  readonly name: string
  readonly description: string
  readonly drivers: readonly ('acp' | 'headless' | 'pty')[]
}

export interface OpenFields {
  readonly program: string
  readonly cols?: number
  readonly rows?: number
  /** Milliseconds; default 60,000. */
  readonly wait_ms?: number
}

/** All but {@link RemoteProcesses.programs} takes the key of the user, as the header `authorization`. */
export interface RemoteProcesses {
  /** The programs of the server's machine. */
  programs(options?: CallOptions): Promise<readonly ProgramShape[]>
  /** The process that takes prompts, or the run where it does not yet when the time is over. */
  open(
    session: string,
    fields: OpenFields,
    options?: Omit<WriteOptions, 'expect'>,
  ): Promise<OpenedProcessShape | RunStateShape>
  get(session: string, process: string, options?: CallOptions): Promise<ProcessStateShape>
  /** The lines that the screen of a live one shows. */
  screen(session: string, process: string, options?: CallOptions): Promise<ProcessScreenShape>
  /** Ends it and all that it started. */
  close(session: string, process: string, options?: Omit<WriteOptions, 'expect'>): Promise<ClosedProcessShape>
  /** Nothing is asked before the first frame is. */
  attach(session: string, process: string, options?: AttachOptions): Attachment
}

export function openProcesses(options: TransportOptions): RemoteProcesses {
  const transport = openTransport(options)
  const at = (session: string, process = ''): string =>
    `${prefix}/sessions/${encodeURIComponent(session)}/processes${process && `/${encodeURIComponent(process)}`}`
  return {
    async programs({ signal } = {}) {
      const path = `${prefix}/programs`
      return (await transport.json<{ programs: readonly ProgramShape[] }>({ path, signal })).programs
    },
    open: (session, body, given = {}) =>
      transport.json({ ...written(given), method: 'POST', path: at(session), body: { ...body } }),
    get: (session, process, { signal } = {}) => transport.json({ path: at(session, process), signal }),
    screen: (session, process, { signal } = {}) => transport.json({ path: `${at(session, process)}/screen`, signal }),
    close: (session, process, given = {}) =>
      transport.json({ ...written(given), method: 'DELETE', path: at(session, process) }),
    attach: (session, process, given = {}) => attachTo(transport, at(session, process), options.headers, given),
  }
}
