// The page is never stale: it says when it does not know, and is right again by itself, whatever happens to the connection.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openServer } from './server.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser

before(async () => {
  if (!noBrowser) browser = await openBrowser()
})
after(() => browser?.close())

/** Of the row of a session, once it says so. */
async function says(page: Page, session: string, text: string): Promise<void> {
  await page.locator(`[data-session="${session}"]`).getByText(text, { exact: true }).first().waitFor()
}

async function connection(page: Page, state: string): Promise<void> {
  await page.locator(`[data-connection="${state}"]`).waitFor({ state: 'attached' })
}

// Fails without the resume by cursor: an entry that was written between two connections is never shown.
test('a stream that is cut a hundred times loses nothing and shows nothing twice', skip, async () => {
  await using server = await openServer()
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
  assert.equal(
    (await window.page.locator('#all ~ * [data-session="two"], section [data-session="two"]').count()) > 0,
    true,
  )
  assert.equal(await window.page.evaluate('window.kept'), true, 'the page was never loaded anew')
})

// Fails without the watch over heartbeats: a frozen connection looks alive for ever.
test('a connection that is frozen is noticed by its missing heartbeat and replaced', skip, async () => {
  await using server = await openServer()
  await using window = await openWindow(browser)
  const { client, gate } = server
  await client.session('one').message({ role: 'user', content: 'Begin' })
  await window.page.goto(server.url)
  await connection(window.page, 'live')
  gate.freeze()
  await client.session('one').message({ role: 'assistant', content: 'said meanwhile' })
  await connection(window.page, 'reconnecting')
  await window.page.getByText(/^Reconnecting/).waitFor()
  gate.pass()
  await says(window.page, 'one', 'said meanwhile')
  await connection(window.page, 'live')
})

// Fails when the state of the connection is not shown: what runs would go on running on the screen for ever.
test('a server that is away is said to be away, and right again within a second after it answers', skip, async () => {
  await using server = await openServer()
  await using window = await openWindow(browser)
  const { page } = window
  await server.client.session('one').message({ role: 'user', content: 'Begin' })
  await page.goto(server.url)
  await connection(page, 'live')
  await server.stop()
  await page.getByText(/^Reconnecting/).waitFor()
  await server.start()
  const back = performance.now()
  await server.client.session('one').message({ role: 'assistant', content: 'after the restart' })
  await says(page, 'one', 'after the restart')
  await connection(page, 'live')
  const took = performance.now() - back
  // A second on a machine of its own; these cores are shared with all other tests.
  assert.ok(took < 5000, `${took} ms`)
})

test('offline the page says so and keeps what it has; online it is right at once', skip, async () => {
  await using server = await openServer()
  await using window = await openWindow(browser)
  const { page } = window
  await server.client.session('one').message({ role: 'user', content: 'Begin' })
  await page.goto(server.url)
  await connection(page, 'live')
  await page.context().setOffline(true)
  server.gate.cut()
  await page.getByText(/^Offline/).waitFor()
  await says(page, 'one', 'Begin')
  await server.client.session('one').message({ role: 'assistant', content: 'said meanwhile' })
  await page.context().setOffline(false)
  await says(page, 'one', 'said meanwhile')
  await connection(page, 'live')
})

// Fails with a stream for each tab: a browser opens six connections to one server, and the sixth tab would wait for ever.
test('eight tabs share one stream, and when the tab that has it is closed another takes it', skip, async () => {
  await using server = await openServer()
  await using window = await openWindow(browser)
  const { client } = server
  await client.session('one').message({ role: 'user', content: 'Begin' })
  const context = window.page.context()
  const tabs = [window.page]
  while (tabs.length < 8) tabs.push(await context.newPage())
  for (const tab of tabs) {
    await tab.goto(server.url)
    await connection(tab, 'live')
  }
  assert.equal((await client.status()).streams, 1)
  await tabs.shift()?.close()
  await client.session('one').message({ role: 'assistant', content: 'told to all' })
  for (const tab of tabs) await says(tab, 'one', 'told to all')
  assert.equal((await client.status()).streams, 1)
})
