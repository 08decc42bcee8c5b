// The page in a real browser, four times slower than this machine: what it weighs, how soon it shows, whether it ever holds anybody up.

import { openBrowser } from '../packages/web/test/browser.fixture.ts'
import type { Variant } from './harness.ts'
import { Bench, times } from './harness.ts'
import { heapOver, idling, type Look, reading, restarting, scrolling, typing, weights } from './page-figures.ts'
import { traced } from './page-trace.ts'
import { entry, go, heapOf, load, nodesOf, rows, throttle, until } from './page-window.ts'
import { openWorld, outputEntries } from './page-world.ts'

const bench = new Bench('page')
const many = bench.size(100_000, 10_000)
const few = 1000
/** Entries of the long session, its opening among them. */
const long = bench.size(100_000, 20_000)
const middle = Math.round(long / 2)
const label = (n: number): string => n.toLocaleString('en-US')

const world = await openWorld(bench.dir, many, few, long)
const { url } = world.many
const browser = await openBrowser()
const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } })
const look: Look = { context, world, long }

/** Each in a window of its own, as somebody opens a tab whose files the browser has already. */
function loaded(name: string, at: string, is: string): Variant {
  return {
    name,
    async round() {
      await using window = await load(context, at, is)
      return { wall: window.painted }
    },
  }
}

/** From Home, in a window that has not opened a session yet. */
function opened(name: string, address: string, seq: number): Variant {
  return {
    name,
    async round() {
      await using window = await load(context, url, rows)
      return { wall: await until(window.page, go(`/s/${address}`), entry(seq)) }
    },
  }
}

const names = {
  empty: 'an empty page',
  home: `Home, first rows of ${label(many)} sessions`,
  homeFew: `Home, first rows of ${label(few)} sessions`,
  end: `a session of ${label(long)} entries, at its end`,
  middle: 'the same, at an entry in its middle',
  address: 'the same, by its address',
  change: 'from one open session to another',
  summary: 'a session with 4 MB of output, folded',
  first: 'the first lines of that output',
} as const

/** Between two sessions that were both opened before. */
const changing: Variant = {
  name: names.change,
  async round() {
    await using window = await load(context, `${url}/s/long`, entry(long))
    await until(window.page, go('/s/other'), entry(500))
    return { wall: await until(window.page, go('/s/long'), entry(long)) }
  },
}

/** Beside a session that is open, as its code has a figure of its own. */
const summary: Variant = {
  name: names.summary,
  async round() {
    await using window = await load(context, `${url}/s/other`, entry(500))
    return { wall: await until(window.page, go('/s/output'), entry(outputEntries)) }
  },
}

let longest = 0
const openOutput = `[...document.querySelectorAll('button')].find((each) => each.textContent === 'Open').click()`
const firstLine = `[...document.querySelectorAll('.viewer-lines')].some((each) => each.textContent.includes('line 1 of'))`
const firstLines: Variant = {
  name: names.first,
  async round() {
    await using window = await load(context, `${url}/s/output`, entry(outputEntries))
    const wall = await until(window.page, openOutput, firstLine)
    await window.page.keyboard.press('Escape')
    const { tasks } = await traced(window, () => until(window.page, openOutput, firstLine))
    longest = Math.max(longest, ...tasks)
    return { wall }
  },
}

const table = await bench.race(`Until it is painted, ${throttle} times slower`, 'ms', names.empty, [
  loaded(names.empty, world.many.empty, `document.querySelector('p')`),
  loaded(names.home, url, rows),
  loaded(names.homeFew, world.few.url, rows),
  opened(names.end, 'long', long),
  opened(names.middle, `long@${middle}`, middle),
  loaded(names.address, `${url}/s/long@${middle}`, entry(middle)),
  changing,
  summary,
  firstLines,
])

/** Milliseconds that an empty page needs where it waits for nobody, as the goals are meant: what it works, the least of some. */
async function emptyAlone(): Promise<number> {
  await using window = await load(context, world.many.empty, `document.querySelector('p')`)
  const { page } = window
  let least = Number.POSITIVE_INFINITY
  for (let n = 0; n < 7; n += 1) {
    const { tasks } = await traced(window, async () => {
      await page.reload()
      await page.evaluate('ready')
    })
    least = Math.min(
      least,
      tasks.reduce((sum, task) => sum + task, 0),
    )
  }
  return least
}
const empty = await emptyAlone()

function soon(name: string, milliseconds: number): void {
  const here = table.rows.find((each) => each.name === name)?.wall ?? Number.NaN
  const what = `${name}: ${milliseconds} ms asked, ${here.toFixed(0)} ms here, over an empty page`
  const limit = Math.round((milliseconds / empty) * 10) / 10
  bench.bar({ id: 'page', what, value: times(table, name, names.empty), is: 'at most', limit })
}

function most(what: string, value: number, limit: number, unit: string): void {
  bench.bar({ id: 'page', what, value, is: 'at most', limit, unit })
}

soon(names.home, 500)
soon(names.end, 400)
soon(names.middle, 400)
soon(names.change, 100)
soon(names.summary, 100)
soon(names.first, 300)
most('the longest task while that output is opened', longest, 50, 'ms')

const weight = await weights(look)
most('JavaScript of Home, compressed', weight.home, 140, 'KB')
most('JavaScript of a session, Home before it', weight.session, 190, 'KB')
most('more for a terminal', weight.terminal, 200, 'KB')
const grown = await heapOver(look)
most(`heap of Home with ${label(many)} sessions over ${label(few)}`, grown, 2, 'MB')
{
  await using window = await load(context, `${url}/s/long`, entry(long))
  most(`elements of a session of ${label(long)} entries`, await nodesOf(window.page), 1500, 'elements')
  most('its heap', await heapOf(window), 60, 'MB')
  const scrolled = await scrolling(window, bench.size(1200, 300))
  most('the longest task while all of it is scrolled through', scrolled.task, 50, 'ms')
  most('frames over 50 ms among a hundred of them', scrolled.late, 1, 'frames')
  most('heap that this leaves', scrolled.heap, 20, 'MB')
}
const typed = await typing(look, bench.size(20, 6))
most('from key to paint beside three streams, p95', typed.key, 50, 'ms')
most('the longest task meanwhile', typed.task, 50, 'ms')
most('moving of somebody who reads above a minute of streaming', await reading(look, bench.size(60, 10)), 0, 'px')
const idle = await idling(look, bench.size(30, 10), bench.size(1440, 100))
most('work of a window that shows 20 running sessions', idle.share, 1, '%')
most('heap that a day of them leaves', idle.heap, 10, 'MB')
const back = await restarting(look, bench.size(5, 2))
most('a session is right again after a killed server answers, the slowest', back.slowest, 1000, 'ms')
most('entries lost or shown twice', back.wrong, 0, 'entries')

await browser.close()
await Promise.all([world.many.end(), world.few.end()])
bench.remark(
  `The browser is ${browser.version()}, throttled to a ${throttle}th. Limits of times are those of the specification over the ${empty.toFixed(0)} ms that an empty page works, the least of seven in this run. Tasks, frames, keys and idling are processor time of the main thread times ${throttle}: what a page waits for a processor is not its work.`,
)
bench.finish()
