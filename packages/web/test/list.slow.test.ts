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

// Fails with a list that ends after its first page, and with one that holds every head it has seen.
test('every session is reached by scrolling, and never more than five hundred are held', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(server.url)
  await rows(page).first().waitFor()
  assert.equal((await rows(page).count()) <= 150, true)
  const seen = new Set<string>()
  let most = 0
  while (seen.size < many) {
    const ids = (await page.evaluate(
      `[...document.querySelectorAll('[data-session]')].map((one) => one.dataset.session)`,
    )) as string[]
    for (const id of ids) seen.add(id)
    most = Math.max(most, ids.length)
    if (seen.size < many) {
      await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
      await page.waitForFunction(
        (last) =>
          document
            .querySelectorAll('[data-session]')
            .item(document.querySelectorAll('[data-session]').length - 1)
            ?.getAttribute('data-session') !== last,
        ids.at(-1),
      )
    }
  }
  assert.ok(most <= 500, `${most} rows`)
  // And back up to the first one.
  for (;;) {
    await page.evaluate('window.scrollTo(0, 0)')
    if ((await page.getByRole('button', { name: 'Newer ones' }).count()) === 0) break
    await page.waitForTimeout(20)
  }
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
