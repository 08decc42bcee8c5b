// The list of all sessions in a real browser: whole, live, no longer than its window, and nothing moves under the reader.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'

const skip = { skip: noBrowser }
const many = 700
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer()
  for (let from = 0; from < many; from += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        server.client.create({ session_id: `s${from + n}`, name: `Session ${from + n}` }),
      ),
    )
  }
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

const rows = (page: Page) => page.getByRole('list', { name: 'All sessions' }).locator('[data-session]')

/** Every row that was ever drawn, and the most at one time; counted in the page, for pages come and go between two questions. */
const counting = `(() => {
  const all = (globalThis.drawn = { ids: new Set(), most: 0 })
  const count = () => {
    const rows = document.querySelectorAll('[aria-label="All sessions"] > [data-session]')
    all.most = Math.max(all.most, rows.length)
    for (const row of rows) all.ids.add(row.dataset.session)
  }
  new MutationObserver(count).observe(document.querySelector('main'), { childList: true, subtree: true })
  count()
})()`

// Fails with a list that ends after its first page, and with one that holds every head it has seen.
test('every session is reached by scrolling, and never more than five hundred are held', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(server.url)
  await rows(page).first().waitFor()
  assert.ok((await rows(page).count()) <= 150, 'more is read than the reader can see')
  await page.evaluate(counting)
  const often = { polling: 100, timeout: 60_000 }
  const all = (count: number): boolean => {
    scrollTo(0, document.body.scrollHeight)
    return (globalThis as unknown as { drawn: { ids: Set<string> } }).drawn.ids.size === count
  }
  await page.waitForFunction(all, many, often)
  assert.ok(Number(await page.evaluate('drawn.most')) <= 500)
  await page.getByRole('button', { name: 'Newer ones' }).waitFor()
  const atTop = (): boolean => {
    scrollTo(0, 0)
    return ![...document.querySelectorAll('button')].some(({ textContent }) => textContent === 'Newer ones')
  }
  await page.waitForFunction(atTop, undefined, often)
  assert.match(await rows(page).first().innerText(), /Session 6\d\d/)
})

// Fails when a changed head is sorted in at once: the row that somebody points at would go away under the pointer.
test(
  'what changes is drawn where it stands, and comes to the top only when nobody is reading there',
  skip,
  async () => {
    await using window = await openWindow(browser)
    const { page } = window
    await page.goto(server.url)
    const target = rows(page).nth(5)
    await target.hover()
    const id = await target.getAttribute('data-session')
    const before = await target.boundingBox()
    await server.client.session('s1').message({ role: 'user', content: 'news from far below' })
    await page.getByRole('button', { name: '1 newer' }).waitFor()
    assert.equal(await rows(page).nth(5).getAttribute('data-session'), id)
    const after = await target.boundingBox()
    assert.equal(after?.y, before?.y)
    await page.getByRole('button', { name: '1 newer' }).click()
    await rows(page).first().getByText('news from far below').waitFor()
  },
)

test('a pin shows at once, in the order of pinning, and stays after loading again', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  const pinned = page.getByRole('list', { name: 'Pinned' }).locator('[data-session]')
  await page.goto(server.url)
  await rows(page).first().waitFor()
  for (const [at, expected] of [
    [3, 1],
    [1, 2],
  ] as const) {
    await rows(page).nth(at).getByRole('link').focus()
    await page.keyboard.press('p')
    await pinned.nth(expected - 1).waitFor()
  }
  const order = await pinned.evaluateAll((all) => all.map((one) => one.getAttribute('data-session')))
  await page.waitForFunction(
    async () => ((await (await fetch('api/v1/sessions?pinned=true')).json()) as { total: number }).total === 2,
  )
  await page.reload()
  await pinned.nth(1).waitFor()
  assert.deepEqual(await pinned.evaluateAll((all) => all.map((one) => one.getAttribute('data-session'))), order)
})

test('filters stand in the address, and where nothing fits it is said what was asked for', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(server.url)
  await page.getByRole('searchbox', { name: 'Filter by title' }).fill('Session 77')
  await page.waitForURL('**/?q=Session+77')
  await page.waitForFunction(() => document.querySelectorAll('[aria-label="All sessions"] [data-session]').length === 1)
  await page.getByRole('searchbox', { name: 'Filter by title' }).fill('no such thing')
  await page.getByText('Nothing fits no such thing.').waitFor()
  await page.goto(`${server.url}/?q=Session+123`)
  await rows(page).first().getByText('Session 123').waitFor()
})

// Fails when the page counts by itself: no head that it hears of tells whether the list that it has read counted it.
test('the number of sessions is that of the server, whatever comes and goes', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  const shows = (count: number) =>
    page.getByRole('region', { name: 'All sessions' }).getByText(String(count), { exact: true }).waitFor()
  const { total } = await server.client.list({ limit: 1 })
  await page.goto(server.url)
  await shows(total)
  await server.client.create({ session_id: 'comes' })
  await shows(total + 1)
  await server.client.session('comes').archive()
  await shows(total)
})
