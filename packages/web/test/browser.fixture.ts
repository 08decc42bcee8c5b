// A real browser at the built page of a real server: one browser for all tests of a file, a window with nothing stored for each.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { buildPage, page as builtPage } from '../../../scripts/lib/page.ts'

const programs = [
  process.env.DAYBOOK_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const program = programs.find((path) => path !== undefined && existsSync(path))

/** For the option `skip` of tests: what is missing is said. */
export const noBrowser: string | false =
  program === undefined ? 'no Chromium on this machine: install it, or name it in DAYBOOK_CHROMIUM' : false

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Folder of the page; built when its sources are newer. */
export async function pageFolder(): Promise<string> {
  const given = process.env.DAYBOOK_TEST_PAGE
  if (given !== undefined) return given
  assert.notEqual(await buildPage(), 'no vite')
  return builtPage
}

export async function openBrowser(): Promise<Browser> {
  if (program === undefined) throw new Error(String(noBrowser))
  return chromium.launch({ executablePath: program, args: flags })
}

export interface Window extends AsyncDisposable {
  readonly page: Page
  /** Errors of scripts, refused by the policy or not, and requests to other hosts: there are none in a test that went well. */
  readonly faults: readonly string[]
}

/** English, light and 1280 × 800 unless said otherwise. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    // A request that fails is told here, too; tests cut connections on purpose.
    if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
      faults.push(message.text())
  })
  page.on('request', (request) => {
    if (!/^(?:http:\/\/(?:127\.0\.0\.1|localhost)[:/]|data:|blob:)/.test(request.url())) faults.push(request.url())
  })
  return { page, faults, [Symbol.asyncDispose]: () => context.close() }
}

/** A part of the built page, and what stands there instead. */
export type Removal = readonly [part: RegExp, instead: string]

/** Takes parts out of the page's files as they are loaded. The call that it returns fails where one of them was not there. */
export async function without(page: Page, removals: readonly Removal[]): Promise<() => void> {
  const left = new Set(removals)
  await page.route(/\/assets\/[^/]+\.(?:js|css)$/, async (route) => {
    const answer = await route.fetch({ headers: { ...route.request().headers(), 'accept-encoding': 'identity' } })
    let body = await answer.text()
    for (const removal of removals) {
      const [part, instead] = removal
      if (part.test(body)) left.delete(removal)
      body = body.replaceAll(new RegExp(part.source, 'g'), instead)
    }
    await route.fulfill({ response: answer, body })
  })
  return () => assert.deepEqual([...left], [], 'nothing of the page looks like that any more')
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the rules of WCAG 2.2 A and AA find, a line each. */
export async function accessFaults(page: Page): Promise<string[]> {
  // Of the browser's own tools: the policy of the page lets no such script in.
  const session = await page.context().newCDPSession(page)
  const { result: known } = await session.send('Runtime.evaluate', { expression: 'typeof axe' })
  if (known.value === 'undefined') await session.send('Runtime.evaluate', { expression: axe })
  const run = `axe.run({ resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((found) =>
    JSON.stringify(found.violations.flatMap((one) => one.nodes.map((node) => one.id + ': ' + node.target.join(' ') + ' ' + node.failureSummary))))`
  const { result } = await session.send('Runtime.evaluate', { expression: run, awaitPromise: true })
  await session.detach()
  return JSON.parse(String(result.value)) as string[]
}

/** How far the page is wider than its window, in CSS pixels: 0, or somebody has to scroll sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}
