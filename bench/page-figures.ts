// The figures of the page that are no time until something is painted: weight, heap, scrolling, typing, idling, a killed server.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { BrowserContext } from 'playwright-core'
import { traced } from './page-trace.ts'
import { entry, go, heapOf, load, rows, type Window } from './page-window.ts'
import type { World } from './page-world.ts'

export interface Look {
  readonly context: BrowserContext
  readonly world: World
  /** Entries of the session `long`. */
  readonly long: number
}

/** Kilobytes that are asked for by Home, by a session after it, and by a terminal after that. */
export async function weights({ context, world, long }: Look) {
  const assets = join(world.folder, 'assets')
  const weigh = (names: Iterable<string>): number =>
    [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name)), { level: 9 }).length / 1024, 0)
  const asked = new Set<string>()
  const note = (request: { resourceType(): string; url(): string }): void => {
    if (request.resourceType() === 'script') asked.add(request.url().split('/').at(-1) ?? '')
  }
  context.on('request', note)
  await using window = await load(context, world.many.url, rows)
  const home = weigh(asked)
  await window.page.evaluate(go('/s/long'))
  await window.page.evaluate(`probe.painted(() => ${entry(long)} && document.querySelector('.said li'))`)
  context.off('request', note)
  const session = weigh(asked)
  const terminal = readdirSync(assets).filter((name) => /^(?:terminal|live|processes).*\.js$/.test(name))
  return { home, session, terminal: weigh(terminal) }
}

/** Megabytes that Home takes more beside many sessions than beside few. */
export async function heapOver({ context, world }: Look): Promise<number> {
  const heaps: number[] = []
  for (const { url } of [world.few, world.many]) {
    await using window = await load(context, url, rows)
    await after(1000)
    heaps.push(await heapOf(window))
  }
  const [few = Number.NaN, many = Number.NaN] = heaps
  return Math.max(0, many - few)
}

/** Like a wheel that is turned without rest, and thrown to another part of the session now and then. */
export async function scrolling(window: Window, frames: number) {
  const { page } = window
  const before = await heapOf(window)
  const turn = `(() => {
    const box = document.querySelector('[role=log]')
    return probe.frames(${frames}, (at) => {
      if (at % 60 === 0) box.scrollTop = box.scrollHeight * (1 - at / ${frames})
      else box.scrollTop -= 240
    })
  })()`
  const worked = await traced(window, () => page.evaluate(turn))
  const late = (worked.frames.filter((frame) => frame > 50).length * 100) / worked.frames.length
  return { task: Math.max(...worked.tasks), late, heap: Math.max(0, (await heapOf(window)) - before) }
}

function p95(given: readonly number[]): number {
  const all = given.toSorted((a, b) => a - b)
  return all[Math.ceil(all.length * 0.95) - 1] ?? Number.NaN
}

/** Three sessions stream, each in a tab of the one browser; in the first, which has the stream of all of them, somebody types. */
export async function typing({ context, world }: Look, seconds: number) {
  const { client, url } = world.many
  const ids = ['stream-a', 'stream-b', 'stream-c']
  for (const session_id of ids) await client.create({ session_id })
  await using window = await load(context, `${url}/s/${ids[0]}`, `document.querySelector('textarea')`)
  const { page } = window
  const others = await Promise.all(ids.slice(1).map(() => context.newPage()))
  for (const [at, other] of others.entries()) await other.goto(`${url}/s/${ids[at + 1]}`)
  await page.bringToFront()
  await page.locator('textarea').focus()
  // One round whose figures nobody takes: what is compiled once is not charged to a key.
  await page.keyboard.type('warm ', { delay: 100 })
  for (const id of ids) await client.runs.start(id, { skill: 'stream', input: seconds + 4 })
  await page.evaluate(`probe.painted(() => document.querySelectorAll('[data-live] p').length > 2)`)
  const text = 'as people write '.repeat(Math.ceil((seconds * 10) / 16)).slice(0, seconds * 10)
  const { keys, tasks } = await traced(window, async () => {
    await page.keyboard.type(text, { delay: 70 })
    await after(200)
  })
  if (keys.length < text.length) throw new Error(`${keys.length} of ${text.length} keys were heard`)
  for (const other of others) await other.close()
  return { key: p95(keys), task: Math.max(...tasks) }
}

/** Pixels that somebody who reads at entry 10 is moved at most, in any frame, while a text is streamed below. */
export async function reading({ context, world }: Look, seconds: number): Promise<number> {
  const { client, url } = world.many
  await world.many.ask({ do: 'talk', session: 'read', count: 60 })
  await using window = await load(context, `${url}/s/read@10`, entry(10))
  const { page } = window
  await page.waitForFunction(`document.querySelector('[role=log]').getAttribute('aria-busy') === 'false'`)
  await after(1000)
  await page.evaluate(`probe.watch(() => document.querySelector('[data-from="10"]').getBoundingClientRect().top)`)
  const { run_id } = await client.runs.start('read', { skill: 'stream', input: seconds })
  await client.runs.wait(run_id, { until: 'end' })
  await page.getByRole('button', { name: /new ↓$/ }).waitFor()
  return Number(await page.evaluate('probe.most'))
}

/** Twenty sessions run and say nothing; then they say as much as in a day, a message a minute each. */
export async function idling({ context, world }: Look, seconds: number, minutes: number) {
  const { client, url } = world.many
  const sessions = Array.from({ length: 20 }, (_, at) => `running-${at}`)
  for (const session_id of sessions) await client.create({ session_id })
  const runs = await Promise.all(sessions.map((id) => client.runs.start(id, { skill: 'hold' })))
  await using window = await load(context, url, rows)
  const { page, cdp } = window
  await page.locator('#running').waitFor()
  await after(3000)
  const { tasks } = await traced(window, () => after(seconds * 1000))
  const share = tasks.reduce((sum, task) => sum + task, 0) / (seconds * 10)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  const say = async (times: number): Promise<number> => {
    await world.many.ask({ do: 'touch', sessions, times })
    await page.evaluate(`probe.painted(() => document.body.textContent.includes('#${times - 1} '))`)
    await after(2000)
    return heapOf(window)
  }
  const first = await say(Math.ceil(minutes / 20))
  const heap = Math.max(0, (await say(minutes)) - first)
  await Promise.all(runs.map(({ run_id }) => client.runs.cancel(run_id)))
  return { share, heap }
}

/** A session is looked at and something is being written while its server is killed, again and again. */
export async function restarting({ context, world, long }: Look, times: number) {
  const place = world.many
  await using window = await load(context, `${place.url}/s/long`, entry(long))
  const { page } = window
  const box = page.locator('textarea')
  await box.fill('not sent yet')
  let slowest = 0
  let seq = long
  for (let n = 0; n < times; n += 1) {
    await place.client.session('long').message({ role: 'assistant', content: `before ${n}` })
    const away = page.locator('[data-connection="live"]').waitFor({ state: 'detached' })
    const at = await place.restart(() => away)
    seq += 2
    const shown = page.evaluate(`probe.painted(() => ${entry(seq)}).then(() => Date.now())`)
    await place.client.session('long').message({ role: 'assistant', content: `after ${n}` })
    slowest = Math.max(slowest, Number(await shown) - at)
  }
  const counts = (await page.evaluate(
    `Array.from({ length: ${2 * times} }, (_, at) => document.querySelectorAll('[data-from="' + (${long + 1} + at) + '"]').length)`,
  )) as number[]
  const kept = (await box.inputValue()) === 'not sent yet'
  return { slowest, wrong: counts.filter((count) => count !== 1).length + (kept ? 0 : 1) }
}
