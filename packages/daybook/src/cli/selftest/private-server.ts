// A private server process, for the selftest and the tour: it knows nothing of this user's folders, and ends with whoever started it.

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Client, openClient } from '../../client/client.ts'
import { type Env, userFolder } from '../folders.ts'

export interface PrivateServer {
  readonly client: Client
  readonly pid: number
  /** Its user's state folder. */
  readonly state: string
  /** Kills it without a warning; resolves when the process is gone. */
  kill(): Promise<void>
  /** Asks it to end; its exit code, null when a signal ended it. */
  end(): Promise<number | null>
}

export interface PrivateSettings {
  /** The file that node runs as the command line. */
  readonly program: string
  /** Everything that the process writes lies below. */
  readonly folder: string
  /** URL of the store. */
  readonly store: string
  /** Default: a free one. */
  readonly port?: number
  readonly env: Env
  readonly signal: AbortSignal
}

/** Resolves when it answers; fails with what it said when it ends before, and with the signal's reason. */
export async function startPrivate(settings: PrivateSettings): Promise<PrivateServer> {
  const { program, folder, store, port = 0, signal } = settings
  signal.throwIfAborted()
  const child = spawn(process.execPath, [program, 'serve', '--store', store, '--port', String(port), '--json'], {
    cwd: folder,
    env: privateEnv(settings),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  // The last resort when this process is ended in the middle of everything; before the folder is removed.
  const last = (): void => void child.kill('SIGKILL')
  process.prependOnceListener('exit', last)
  void ended.then(() => process.off('exit', last))
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  try {
    const url = await ready(child, signal)
    return {
      client: openClient({ url, retries: 2 }),
      state: userFolder('state', privateEnv(settings)),
      // It has printed something, so there is a process.
      pid: child.pid ?? 0,
      kill,
      end() {
        child.kill('SIGTERM')
        return ended
      },
    }
  } catch (error) {
    await kill()
    throw error
  }
}

/** `DAYBOOK_STARTED_AGAIN` makes the program end when the channel to the one that started it breaks. */
function privateEnv({ env, folder }: PrivateSettings): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(DAYBOOK_|XDG_)/.test(name))
  return {
    ...Object.fromEntries(kept),
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_DATA_HOME: join(folder, 'share'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    DAYBOOK_STARTED_AGAIN: '1',
  }
}

function ready(child: ChildProcess, signal: AbortSignal): Promise<string> {
  const said = { out: '', err: '' }
  return new Promise((resolve, reject) => {
    const interrupted = (): void => reject(signal.reason)
    signal.addEventListener('abort', interrupted, { once: true })
    child.once('error', reject)
    child.once('close', (exit) => {
      reject(new Error(`the server ended with ${exit} before it was ready: ${said.err.trim()}`))
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said.out += text
      if (!said.out.includes('\n')) return
      signal.removeEventListener('abort', interrupted)
      resolve((JSON.parse(said.out) as { url: string }).url)
    })
  })
}
