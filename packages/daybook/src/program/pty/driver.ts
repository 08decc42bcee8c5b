// Programs in a terminal: one process that takes one prompt after the other, as if somebody typed them.

import { DaybookError } from '../../schema/errors.ts'
import type { ProgramDriver, Prompt, PromptEvent } from '../contract.ts'
import { Collected, mostBefore } from './collected.ts'
import { forgetShell } from './marks.ts'
import { Seeing } from './seeing.ts'
import { opened, type PtySetting } from './start.ts'
import { Turn } from './turn.ts'
import { checkTyped } from './typing.ts'
import { Watch } from './watch.ts'

export function ptyDriver(setting: PtySetting): ProgramDriver {
  return {
    name: 'pty',
    keeps: true,
    prompt: (prompt, end) => follow(setting, prompt, end),
    printed: async () => null, // what it printed is a screen, and stands as output in the log
    tidy: (session, process) => tidy(setting, session, process),
  }
}

async function* follow(setting: PtySetting, prompt: Prompt, end: AbortSignal): AsyncGenerator<PromptEvent> {
  const { program, host } = setting
  if (!program.pty)
    throw new DaybookError('invalid', `${program.name} has no form with a terminal`, { field: 'driver' })
  if (prompt.text !== null) checkTyped(program, prompt.text, prompt.images)
  const { started, aid, offset } = await opened(setting, prompt)
  yield started
  const { process, from, given } = prompt
  const collected = new Collected(given)
  const first = Math.max(Math.min(from, given ?? from) - mostBefore, 0)
  using watch = new Watch(
    { host, process, from, collected, calm: prompt.started && given === null && offset === from },
    first,
  )
  const seeing = new Seeing({ setting, process, watch, aid, end })
  yield* new Turn({ setting, prompt, watch, seeing, collected, aid }).events()
}

async function tidy({ host, state }: Pick<PtySetting, 'host' | 'state'>, session: string, key: string): Promise<void> {
  for (const process of await host.list()) {
    if (!process.exit || process.key === key || !process.key.startsWith(`${session}/`)) continue
    await forgetShell(state, process.key)
    await host.forget(process.key)
  }
}
