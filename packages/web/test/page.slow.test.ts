// The page as a whole: what it weighs, that it works under any prefix, by keys alone, in three languages, and under its own policy.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { accessFaults, noBrowser, openBrowser, openWindow, pageFolder } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer()
  await server.client.session('one').message({ role: 'user', content: 'The first session' })
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

test('Home needs at most 140 KB of JavaScript, and nothing from elsewhere', skip, async () => {
  const folder = await pageFolder()
  await using window = await openWindow(browser)
  const { page, faults } = window
  const scripts = new Set<string>()
  page.on('request', (each) => {
    if (each.resourceType() === 'script') scripts.add(new URL(each.url()).pathname)
  })
  await page.goto(server.url)
  await page.getByRole('list', { name: 'All sessions' }).waitFor()
  const weights = [...scripts].map((path) => gzipSync(readFileSync(join(folder, path)), { level: 9 }).length)
  const weight = weights.reduce((sum, one) => sum + one, 0)
  assert.ok(weight <= 140 * 1024, `${weight} bytes in ${scripts.size} files`)
  assert.ok(weight > 50 * 1024, 'all of them were seen')
  assert.deepEqual(faults, [])
})

test('a proxy may take any prefix off: screens, files and calls find their way from every address', skip, async () => {
  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url ?? ''
    if (!path.startsWith('/tools/book/')) return outgoing.writeHead(404).end()
    const headers = { ...incoming.headers, host: new URL(server.url).host }
    const behind = request(
      server.url + path.slice('/tools/book'.length),
      { method: incoming.method ?? 'GET', headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(outgoing)
      },
    )
    behind.on('error', () => outgoing.destroy())
    outgoing.on('close', () => behind.destroy())
    return incoming.pipe(behind)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  assert.ok(address !== null && typeof address === 'object')
  const outside = `http://127.0.0.1:${address.port}/tools/book`
  try {
    await using window = await openWindow(browser)
    const { page, faults } = window
    await page.goto(`${outside}/s/one@1`)
    await page.waitForFunction(() => document.title !== '')
    await page.getByRole('link', { name: /daybook/ }).click()
    await page.waitForURL(`${outside}/`)
    await page.getByRole('list', { name: 'All sessions' }).getByText('The first session').waitFor()
    await page.locator('[data-connection="live"]').waitFor({ state: 'attached' })
    await page.getByRole('link', { name: 'Status' }).click()
    await page.waitForURL(`${outside}/status`)
    assert.deepEqual(faults, [])
  } finally {
    proxy.closeAllConnections()
    await new Promise((resolve) => proxy.close(resolve))
  }
})

test('every screen is reached and left by keys alone', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  const { keyboard } = page
  await page.goto(server.url)
  await page.getByRole('list', { name: 'All sessions' }).waitFor()
  await keyboard.press('j')
  await keyboard.press('Enter')
  await page.waitForURL('**/s/one')
  await page.goBack()
  await page.getByRole('list', { name: 'All sessions' }).waitFor()
  await keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Go to…' }).fill('status')
  await page.getByRole('dialog').getByRole('option', { name: 'Status', exact: true }).waitFor()
  while ((await page.getByRole('dialog').getByRole('option', { selected: true }).innerText()) !== 'Status')
    await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.waitForURL('**/status')
  await page.getByRole('heading', { name: 'Store' }).waitFor()
  await keyboard.press('?')
  const keys = page.getByRole('dialog', { name: 'Keys and settings' })
  await keys.getByRole('searchbox').fill('interrupt')
  await keys.getByText('x x').waitFor()
  // The first Escape empties the field, as it does everywhere.
  await keyboard.press('Escape')
  await keyboard.press('Escape')
  await keys.waitFor({ state: 'detached' })
  // Every region in turn, and around.
  const regions = await page.locator('[data-region]').count()
  const seen = new Set<string>()
  for (let n = 0; n < regions; n += 1) {
    await keyboard.press('F6')
    seen.add(String(await page.evaluate('document.activeElement.closest("[data-region]")?.outerHTML.slice(0, 80)')))
  }
  assert.ok(seen.size > 1 && !seen.has('undefined'), [...seen].join('\n'))
})

test('a store that takes nothing and a page that is old are said, and the text is kept', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(`${server.url}/s/one`)
  const full = { code: 'store_full', status: 507, title: 'The disk is full', detail: 'no room' }
  const runs = '**/sessions/one/runs'
  await page.route(runs, (route) => route.fulfill({ status: 507, json: full }))
  await page.getByRole('textbox', { name: /Say something/ }).fill('kept words')
  await page.keyboard.press('Enter')
  const notice = page.getByText(/The disk of the store is full; reading goes on\. What you write/)
  await notice.waitFor()
  const sent = page.getByRole('list', { name: 'Sent from here' })
  await sent.getByText('kept words').waitFor()
  await page.unroute(runs)
  await sent.getByRole('button', { name: 'Retry' }).click()
  await notice.waitFor({ state: 'detached' })
  await page.route(`${server.url}/`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<script type="module" src="./assets/index-newer.js"></script>' }),
  )
  server.gate.refuse()
  await page.locator('[data-connection=reconnecting]').waitFor()
  server.gate.pass()
  await page.getByText('The server has a newer page: reload when you like.').waitFor()
  assert.deepEqual(await accessFaults(page), [])
})

test('letters are dead where people write, and everywhere once they are switched off', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(server.url)
  await page.getByRole('list', { name: 'All sessions' }).waitFor()
  await page.getByRole('searchbox', { name: 'Filter by title' }).press('?')
  assert.equal(await page.getByRole('dialog').count(), 0)
  await page.getByRole('searchbox', { name: 'Filter by title' }).fill('')
  await page.getByRole('heading', { name: 'All sessions' }).click()
  await page.keyboard.press('?')
  await page.getByRole('checkbox', { name: 'Single letters are keys' }).uncheck()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('?')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog', { name: 'Go to…' }).waitFor()
  assert.equal(await page.getByRole('dialog', { name: 'Keys and settings' }).count(), 0)
})

test('the page speaks the language of its reader', skip, async () => {
  for (const [locale, words] of [
    ['ru-RU', 'Вас ничто не ждёт.'],
    ['zh-CN', '没有需要你的事。'],
    ['de-DE', 'Nothing needs you.'],
  ] as const) {
    await using window = await openWindow(browser, { locale })
    await window.page.goto(server.url)
    await window.page.getByText(words).waitFor()
    assert.equal(
      await window.page.evaluate('document.documentElement.lang'),
      locale.startsWith('de') ? 'en' : locale.slice(0, 2),
    )
  }
})
