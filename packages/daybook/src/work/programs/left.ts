// What a prompt left in a process that lives on, when its run was ended while it waited for somebody: ended with it.

import type { LivePrograms, PromptEnd } from '../../program/contract.ts'
import type { RunId } from '../../schema/ids.ts'
import type { Session } from '../../session/contract.ts'
import { tokenOf } from './bound.ts'
import { isGone } from './gone.ts'
import { hostName, knownOf, promptKey } from './known.ts'
import { newest, newestEntry } from './newest.ts'

export class Leftovers implements AsyncDisposable {
  readonly #programs: Pick<LivePrograms, 'get'>
  readonly #placeOf: (name: string) => Place
  readonly #onError: (error: unknown) => void
  readonly #looking = new Map<string, Looking>()
  #isOver = false

  /** @param placeOf of a process by its name at the host */
  constructor(
    programs: Pick<LivePrograms, 'get'>,
    placeOf: (name: string) => Place,
    onError: (error: unknown) => void,
  ) {
    this.#programs = programs
    this.#placeOf = placeOf
    this.#onError = onError
  }

  /** Something was written in the session of this process. */
  see(name: string): void {
    const known = this.#looking.get(name)
    if (known) {
      known.again = true
      known.check()
    } else if (!this.#isOver) {
      const looking = this.#look(name)
      this.#looking.set(name, looking)
      void looking.done.finally(() => {
        this.#looking.delete(name)
        if (looking.again) this.see(name)
      })
    }
  }

  #look(name: string): Looking {
    const stop = new AbortController()
    const place = this.#placeOf(name)
    const leave = (): void => stop.abort('leave' satisfies PromptEnd)
    const told = (error: unknown): void => {
      if (!isGone(error)) this.#onError(error)
    }
    return {
      again: false,
      leave,
      check: () => void isFree(place.session).then((free) => free || leave(), told),
      done: endLeft(place, this.#programs, stop.signal).catch(told),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    const looking = [...this.#looking.values()]
    for (const { leave } of looking) leave()
    await Promise.all(looking.map(({ done }) => done))
  }
}

interface Place {
  readonly session: Session
  /** Of the process. */
  readonly id: string
}

interface Looking {
  again: boolean
  readonly leave: () => void
  /** Whoever gives the next prompt ends by himself what was left. */
  readonly check: () => void
  readonly done: Promise<void>
}

async function isFree(session: Session): Promise<boolean> {
  return (await session.head()).openRuns.length === 0
}

/** The prompt that waits there for nobody, and where it was given; null where there is none. */
async function leftIn(session: Session, process: string) {
  if (!(await isFree(session))) return null
  const ready = await newestEntry(session, 'process.ready', 0, (data) => data.process_id === process)
  const run = ready?.data.run_id as RunId | undefined
  if (!ready || run === undefined) return null
  const waited = await newestEntry(session, 'run.waiting', ready.entry.seq, (_, entry) => entry.run === run)
  if (!waited || waited.data.reason === 'until') return null
  // Whoever took it up again has ended it.
  const after = await newest(session, 'step.started', waited.entry.seq, (_, entry) => entry.run === run)
  return after === null ? { run, offset: ready.data.offset } : null
}

/** Makes the process ready again, as the next prompt would: should that come meanwhile, what both send has one name, and is sent once. */
async function endLeft({ session, id }: Place, programs: Pick<LivePrograms, 'get'>, end: AbortSignal): Promise<void> {
  const left = await leftIn(session, id)
  const started = left && (await newest(session, 'process.started', 0, (data) => data.process_id === id))
  if (!left || !started) return
  const { program, driver: name, workdir } = started
  const driver = programs.get(program)?.drivers.find((one) => one.name === name)
  if (!driver?.keeps) return
  const key = promptKey(left.run, name)
  const prompt = {
    ...{ key: `${key} left`, process: hostName(session.id, id), session: session.id, workdir, text: null, images: [] },
    ...{ token: await tokenOf(session, program, name), started: true, given: null, replies: [] },
    from: (await knownOf(session, id)).out,
    before: { key, offset: left.offset, cancelled: true },
  }
  // What it prints meanwhile is told with the next prompt, or with its end.
  for await (const { type } of driver.prompt(prompt, end)) if (type === 'exited') break
}
