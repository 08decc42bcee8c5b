// How soon it is seen that a program in a terminal has done its prompt, beside the pause that is waited for anyway.
import { join } from 'node:path'
import type { Prompt } from '../packages/daybook/src/program/contract.ts'
import { programOf, settingOf } from '../packages/daybook/src/program/driving.fixture.ts'
import { hostClient } from '../packages/daybook/src/program/host/client.ts'
import { ptyDriver } from '../packages/daybook/src/program/pty/driver.ts'
import { quietMs } from '../packages/daybook/src/program/pty/sight.ts'
import { Bench } from './harness.ts'
import { median } from './numbers.ts'

const bench = new Bench('prompts')
const host = hostClient({ folder: join(bench.dir, 'host') })
const count = bench.size(100, 40)

for (const [name, text] of [
  ['bash', 'echo of 42'],
  ['python', '6 * 7'],
  ['sqlite3', 'select 6 * 7;'],
  ['bc', '6 * 7'],
] as const) {
  const value = await detection(name, text)
  const what = `${name}: from its last byte to the end of the prompt, in pauses of ${quietMs} ms`
  bench.bar({ id: 'prompts', what, value: value / quietMs, is: 'at most', limit: 1.5 })
}

/** Milliseconds, the median of prompts that follow each other in one process. */
async function detection(name: string, text: string): Promise<number> {
  const driver = ptyDriver(settingOf(programOf(name), host, bench.dir))
  const process = `bench/${name}`
  const all: number[] = []
  let from = 0
  for (let n = 0; n <= count; n += 1) {
    const place = {
      process,
      workdir: bench.dir,
      session: 'bench',
      token: null,
      started: n > 0,
      given: null,
      before: null,
    }
    const prompt: Prompt = { ...place, key: `run ${n}`, text, images: [], from, replies: [] }
    let last = Number.NaN
    for await (const event of driver.prompt(prompt, new AbortController().signal)) {
      if (event.type === 'done' && n > 0) all.push(performance.now() - last)
      if (event.type !== 'output') continue
      last = performance.now()
      from = event.offset + event.bytes.length
    }
  }
  await host.signal(process, 'SIGKILL', 'tree')
  return median(all)
}

await host.close()
bench.remark(
  'Real programs under a process host of their own; the clock runs from the last output that is told to the end that is told.',
)
bench.finish()
