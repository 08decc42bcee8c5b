// The page is never stale: it says when it does not know, and is right again by itself, whatever happens to the connection.
import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openBeating, type PageServer } from './server.fixture.ts'
import { row, talk, until } from './talks.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  const echo = { id: 'echo', name: 'echo', description: 'Says it again.', fromText: (text: string) => text }
  // Its heart beats so seldom that only what happens to a connection ends it.
  server = await openBeating(60_000, [{ ...echo, run: (input) => `heard: ${input}` }])
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

/** A test that fails in the middle takes none of the others along. */
afterEach(async () => {
  if (noBrowser) return
  server.gate.pass()
  await server.start()
})

/** Of the row of a session, once it says so. */
async function says(page: Page, session: string, text: string): Promise<void> {
  await page.locator(`[data-session="${session}"]`).getByText(text, { exact: true }).first().waitFor()
}

async function connection(page: Page, state: string): Promise<void> {
  await page.locator(`[data-connection="${state}"]`).waitFor({ state: 'attached' })
}

// Fails without the resume by cursor: an entry that was written between two connections is never shown.
test('a stream that is cut a hundred times loses nothing and shows nothing twice', skip, async () => {
  await using window = await openWindow(browser)
  const { client, gate } = server
  for (const id of ['one', 'two']) await client.session(id).message({ role: 'user', content: `This is ${id}` })
  await window.page.goto(server.url)
  await connection(window.page, 'live')
  await says(window.page, 'one', 'This is one')
  await window.page.evaluate('window.kept = true')
  for (let n = 1; n <= 100; n += 1) {
    gate.cut()
    const session = n % 2 ? 'one' : 'two'
    await client.session(session).message({ role: 'assistant', content: `answer ${n}` })
    await says(window.page, session, `answer ${n}`)
  }
  await connection(window.page, 'live')
  assert.equal(await window.page.evaluate('window.kept'), true, 'the page was never loaded anew')
})

// Fails without the watch over heartbeats: a frozen connection looks alive for ever.
test('a connection that is frozen is noticed by its missing heartbeat and replaced', skip, async () => {
  await using beating = await openBeating(500)
  await using window = await openWindow(browser)
  const { client, gate, url } = beating
  await client.session('frozen').message({ role: 'user', content: 'Begin' })
  await window.page.goto(url)
  await connection(window.page, 'live')
  gate.freeze()
  await client.session('frozen').message({ role: 'assistant', content: 'said meanwhile' })
  await connection(window.page, 'reconnecting')
  await window.page.getByText(/^Reconnecting/).waitFor()
  gate.pass()
  await says(window.page, 'frozen', 'said meanwhile')
  await connection(window.page, 'live')
})

// Fails when the state of the connection is not shown: what runs would go on running on the screen for ever.
test('a server that is away is said to be away, and all is right again by itself once it answers', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await server.client.session('away').message({ role: 'user', content: 'Begin' })
  await page.goto(server.url)
  await connection(page, 'live')
  await server.stop()
  await page.getByText(/^Reconnecting/).waitFor()
  await server.start()
  await server.client.session('away').message({ role: 'assistant', content: 'after the restart' })
  await says(page, 'away', 'after the restart')
  await connection(page, 'live')
})

test('offline the page says so and keeps what it has; online it is right at once', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await server.client.session('offline').message({ role: 'user', content: 'Begin' })
  await page.goto(server.url)
  await connection(page, 'live')
  await page.context().setOffline(true)
  server.gate.cut()
  await page.getByText(/^Offline/).waitFor()
  await says(page, 'offline', 'Begin')
  await server.client.session('offline').message({ role: 'assistant', content: 'said meanwhile' })
  await page.context().setOffline(false)
  await says(page, 'offline', 'said meanwhile')
  await connection(page, 'live')
})

// Fails with a stream for each tab: a browser opens six connections to one server, and the sixth tab would wait for ever.
test('eight tabs share one stream, and when the tab that has it is closed another takes it', skip, async () => {
  await using window = await openWindow(browser)
  const { client } = server
  await client.session('tabs').message({ role: 'user', content: 'Begin' })
  const context = window.page.context()
  const tabs = [window.page]
  while (tabs.length < 8) tabs.push(await context.newPage())
  for (const tab of tabs) {
    await tab.goto(server.url)
    await connection(tab, 'live')
  }
  await until(async () => (await client.status()).streams === 1)
  await tabs.shift()?.close()
  await client.session('tabs').message({ role: 'assistant', content: 'told to all' })
  for (const tab of tabs) await says(tab, 'tabs', 'told to all')
  await until(async () => (await client.status()).streams === 1)
})

// Fails without unsent.ts: loading anew forgets what the server has not taken yet.
test(
  'a session whose server goes away says so, keeps what is written there, also over a reload, and stores it once',
  skip,
  async () => {
    await using window = await openWindow(browser)
    const { page, faults } = window
    await talk(server.client, 'killed', 20)
    await page.goto(`${server.url}/s/killed`)
    await page.locator(row(20)).waitFor()
    await connection(page, 'live')
    const composer = page.getByRole('textbox', { name: /^Say something/ })
    await composer.fill('half a thought')
    server.gate.refuse()
    await server.stop()
    await page.getByText(/^Reconnecting/).waitFor()
    await composer.pressSequentially(', and more')
    assert.equal(await page.locator('[data-draft="unsaved"]').count(), 1)
    await server.start()
    server.gate.pass()
    await server.client.session('killed').message({ role: 'assistant', content: 'after the restart' })
    await page.getByText('after the restart').waitFor()
    await connection(page, 'live')
    assert.equal(await composer.inputValue(), 'half a thought, and more')
    await until(async () => (await server.client.session('killed').marks()).draft === 'half a thought, and more')
    // Nothing that is written from here on comes through before the page is loaded anew.
    await page.route(/\/(?:marks|runs)$/, (route) => route.abort())
    await composer.press('Enter')
    await composer.fill('the next one')
    await page.locator('[data-sent="sending"]').waitFor()
    await page.unrouteAll({ behavior: 'wait' })
    await page.reload()
    await page.getByRole('log').getByText('half a thought, and more').waitFor()
    assert.equal(await composer.inputValue(), 'the next one')
    await until(async () => (await server.client.session('killed').marks()).draft === 'the next one')
    assert.equal((await server.client.session('killed').view('runs')).runs.length, 1)
    assert.equal(await page.getByText('after the restart').count(), 1)
    assert.deepEqual(faults, [])
  },
)

test('a clock that is set hours back or ahead cuts no connection and shows no time that cannot be', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.addInitScript(`globalThis.skew = 0; Date.now = ((now) => () => now() + skew)(Date.now)`)
  await server.client.session('clock').message({ role: 'user', content: 'Begin' })
  await page.goto(server.url)
  await connection(page, 'live')
  await page.evaluate(`globalThis.states = []; new MutationObserver(() => states.push(document.querySelector('[data-connection]')?.dataset.connection))
    .observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-connection'] })`)
  for (const hours of [-5, 5, 0]) {
    await page.evaluate(`skew = ${hours} * 3_600_000; document.dispatchEvent(new Event('visibilitychange'))`)
    await server.client.session('clock').message({ role: 'assistant', content: `at ${hours}` })
    await says(page, 'clock', `at ${hours}`)
    assert.match(await page.locator('[data-session="clock"] time').first().innerText(), /^\d+ ?\p{L}+$/u)
  }
  await connection(page, 'live')
  assert.deepEqual(
    (await page.evaluate<string[]>('states')).filter((state) => state !== 'live'),
    [],
  )
})
