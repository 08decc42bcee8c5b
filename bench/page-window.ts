// A throttled window of a real browser, as the bench on the page looks through it: when something was painted, what it holds.

import type { BrowserContext, CDPSession, Page } from 'playwright-core'

/** Times slower than this machine: what a phone of some years ago is. */
export const throttle = 4

/** In the page itself: asked from outside, every answer would come a turn later. */
const probe = `(() => {
  const probe = globalThis.probe = {}
  const after = (resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => resolve(performance.now())
    port2.postMessage(0)
  })
  probe.painted = (is) => new Promise((resolve) => {
    if (is()) return after(resolve)
    const watch = new MutationObserver(() => {
      if (!is()) return
      watch.disconnect()
      after(resolve)
    })
    watch.observe(document, { childList: true, subtree: true, attributes: true, characterData: true })
  })
  /** Whether the row of an entry is in sight. */
  probe.entry = (seq) => {
    for (const row of document.querySelectorAll('[data-row][data-from]')) {
      if (Number(row.dataset.from) > seq || Number(row.dataset.to) < seq) continue
      // Asked only where the row is there, since asking costs a layout of all.
      const log = row.closest('[role=log]').getBoundingClientRect()
      const place = row.getBoundingClientRect()
      return place.bottom > log.top && place.top < log.bottom
    }
    return false
  }
  probe.timed = async (act, is) => {
    const begun = performance.now()
    act()
    return (await probe.painted(is)) - begun
  }
  /** How far a value goes from what it is now, in any frame from now on. */
  probe.watch = (value) => {
    const first = value()
    probe.most = 0
    const look = () => {
      probe.most = Math.max(probe.most, Math.abs(value() - first))
      requestAnimationFrame(look)
    }
    look()
  }
  /** Calls \`act\` before each of so many frames. */
  probe.frames = async (count, act) => {
    for (let at = 0; at < count; at += 1) {
      await new Promise(requestAnimationFrame)
      act(at)
    }
  }
})()`

export interface Window extends AsyncDisposable {
  readonly page: Page
  readonly cdp: CDPSession
}

/** With the throttle on from the first byte; \`is\` is an expression of the page. Resolves once it holds and is painted. */
export async function load(
  context: BrowserContext,
  url: string,
  is: string,
): Promise<Window & { readonly painted: number }> {
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle })
  await page.addInitScript(`${probe}; globalThis.ready = globalThis.probe.painted(() => ${is})`)
  await page.goto(url, { waitUntil: 'commit' })
  const painted = Number(await page.evaluate('ready'))
  return { page, cdp, painted, [Symbol.asyncDispose]: () => page.close() }
}

/** Milliseconds from `act` until `is` holds and is painted; both are expressions of the page. */
export async function until(page: Page, act: string, is: string): Promise<number> {
  return Number(await page.evaluate(`probe.timed(() => { ${act} }, () => ${is})`))
}

/** Megabytes of the page's own heap, after collecting what nobody holds. */
export async function heapOf({ cdp }: Window): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage')
  return (await cdp.send('Runtime.getHeapUsage')).usedSize / 1e6
}

export function nodesOf(page: Page): Promise<number> {
  return page.evaluate(`document.querySelectorAll('*').length`)
}

/** Expressions of the page. */
export const rows = `document.querySelector('[aria-label="All sessions"] [data-session]')`
export const go = (path: string): string => `history.pushState(null, '', '${path}')`
export const entry = (seq: number): string => `probe.entry(${seq})`
