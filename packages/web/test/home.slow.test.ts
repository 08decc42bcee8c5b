// Home in a real browser: who needs the reader, what runs, and that the list is live, whole and still under the reader.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { accessFaults, noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer({
    id: 'push',
    name: 'push',
    description: 'Pushes.',
    risk: 'high',
    run: (input) => `pushed ${input}`,
  })
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

test('an empty store shows the ways to begin, with the commands', skip, async () => {
  await using empty = await openServer()
  await using window = await openWindow(browser)
  const { page, faults } = window
  await page.goto(empty.url)
  await page.getByText('npx daybook adopt --dry-run').waitFor()
  assert.equal(await page.title(), 'daybook')
  assert.deepEqual(await accessFaults(page), [])
  assert.deepEqual(faults, [])
})

test(
  'a session that waits for somebody stands first, in the title and in reach, and is decided in place',
  skip,
  async () => {
    const { client } = server
    await using window = await openWindow(browser)
    const { page, faults } = window
    await client.session('other').message({ role: 'user', content: 'Something else' })
    await page.goto(server.url)
    await page.getByText('Nothing needs you.').waitFor()
    await client.session('deploy').message({ role: 'user', content: 'Deploy the new version' })
    const run = await client.runs.start('deploy', { skill: 'push', input: 'git push --force' })
    const card = page.getByRole('list', { name: 'Needs you' }).getByRole('listitem')
    await card.getByText('git push --force').waitFor()
    assert.equal(await page.title(), '(1) daybook')
    assert.deepEqual(await accessFaults(page), [])
    // By keys alone, in two steps.
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('y')
    await page.getByRole('button', { name: 'Yes, approve' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Nothing needs you.').waitFor()
    assert.equal((await client.runs.wait(run.run_id, { until: 'end' })).output, 'pushed git push --force')
    assert.equal(await page.title(), 'daybook')
    assert.deepEqual(faults, [])
  },
)
