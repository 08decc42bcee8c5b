// What a session leaves unsaid in a real browser: runs that just work, and people who went away.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { accessFaults, noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'
import { row, talk, until } from './talks.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer(
    {
      id: 'count',
      name: 'count',
      description: 'Counts.',
      durable: true,
      run: (_input, { step }) => step('counting', () => 'three'),
    },
    {
      id: 'rest',
      name: 'rest',
      description: 'Rests for a day.',
      durable: true,
      async run(_input, { wait, now }) {
        await wait(now + 24 * 3_600_000)
        return null
      },
    },
  )
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

test('a run that just works is told by what it left; its entries keep their addresses', skip, async () => {
  const { client } = server
  await talk(client, 'quiet', 6)
  const { run_id: run } = await client.runs.start('quiet', { skill: 'count', input: 'it' })
  await client.runs.wait(run, { until: 'end' })
  const { entries } = await client.session('quiet').entries()
  const began = entries.find(({ kind }) => kind === 'run.started')?.seq ?? 0
  assert.ok(began > 6)
  await using window = await openWindow(browser)
  const { page, faults } = window
  await page.goto(`${server.url}/s/quiet`)
  await page.getByText('counting').first().waitFor()
  for (const word of ['Queued', 'Began', 'Done']) {
    assert.equal(await page.getByRole('log').getByText(word, { exact: true }).count(), 0, word)
  }
  const end = String(entries.length)
  await page.getByText(`${end} / ${end}`, { exact: true }).waitFor()
  await page.goto(`${server.url}/s/quiet@${began}`)
  await page
    .locator(`${row(began)}[aria-current=location]`)
    .getByText('Began', { exact: true })
    .waitFor()
  assert.deepEqual(faults, [])
})

test('whoever else looks has a face at the head, until it looks away', skip, async () => {
  const { client } = server
  await talk(client, 'seen', 30)
  await using window = await openWindow(browser)
  const { page, faults } = window
  await page.goto(`${server.url}/s/seen`)
  await page.locator(row(30)).waitFor()
  const ben = page
    .getByRole('list', { name: 'Who else looks' })
    .getByRole('button', { name: /Ben Okri looks at entry 4/ })
  // Said again and again, as a window does: what is said before the stream is there is heard by nobody.
  await until(async () => {
    await client.session('seen').look('other', 4, 'Ben Okri')
    return (await ben.count()) === 1
  }, 30_000)
  assert.deepEqual(await accessFaults(page), [])
  await ben.click()
  await page.locator(row(4)).waitFor()
  await client.session('seen').look('other', null, 'Ben Okri')
  await ben.waitFor({ state: 'detached' })
  assert.deepEqual(faults, [])
})

test(
  'who waits says until when, a part is looked at alone, and forks and what is left stand beside it',
  skip,
  async () => {
    const { client } = server
    await talk(client, 'parts', 12)
    await client.session('parts').append([{ kind: 'note', data: { type: 'decision', text: 'Only three parts' } }])
    await client.session('parts').fork({ at: 4, id: 'parts-again', name: 'Once more' })
    const { run_id: run } = await client.runs.start('parts', { skill: 'rest', input: 'now' })
    await client.runs.wait(run)
    await using window = await openWindow(browser)
    const { page, faults } = window
    await page.goto(`${server.url}/s/parts?view=notes`)
    await page
      .locator('header')
      .getByText(/^waiting until /)
      .waitFor()
    const log = page.getByRole('log')
    await log.getByText('Only three parts').waitFor()
    assert.equal(await log.getByText('Question 2').count(), 0)
    await page.getByRole('combobox', { name: 'What is shown' }).selectOption('Edits')
    await page.waitForURL('**/s/parts?view=edits')
    await log.getByText('Nothing was edited here.').waitFor()
    // Whoever is led to an entry sees it, whatever is shown.
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /Question 6/ })
      .click()
    await log.getByText('Question 6').waitFor()
    await page.getByRole('combobox', { name: 'What is shown' }).selectOption('Everything')
    await log.getByText('Answer 7').waitFor()
    await page.waitForURL('**/s/parts')
    const side = page.getByRole('complementary')
    await side.getByText('budget left').waitFor()
    await side.getByText('$5.00').waitFor()
    assert.deepEqual(await accessFaults(page), [])
    await side.getByRole('link', { name: 'Compare with Once more' }).click()
    await page.waitForURL('**/s/parts..parts-again')
    await page.getByRole('heading', { name: 'Once more' }).waitFor()
    // Find opens over it, and Escape leads back.
    await page.keyboard.press('Control+Shift+F')
    await page.getByRole('dialog').getByRole('combobox').fill('three parts')
    await page.getByRole('dialog').getByRole('option').first().waitFor()
    assert.deepEqual(await accessFaults(page), [])
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.match(page.url(), /parts\.\.parts-again$/)
    assert.deepEqual(faults, [])
  },
)

test('a session that is deleted says when and by whom, to who has it open and at its old address', skip, async () => {
  const { client } = server
  await talk(client, 'deleted', 4)
  await using window = await openWindow(browser)
  const { page, faults } = window
  await page.goto(`${server.url}/s/deleted`)
  await page.locator(row(4)).waitFor()
  await client.session('deleted').delete({ now: true })
  await page.getByText(/^This session was deleted\. Deleted .+, by you\.$/).waitFor()
  // What was read stays to be read, and nothing can be said to it.
  assert.equal(await page.locator(row(4)).count(), 1)
  assert.equal(await page.getByRole('textbox', { name: /^Say something/ }).count(), 0)
  assert.deepEqual(await accessFaults(page), [])
  await page.reload()
  await page.getByRole('heading', { name: 'This session was deleted.' }).waitFor()
  await page.getByText(/Deleted .+, by you\./).waitFor()
  assert.deepEqual(await accessFaults(page), [])
  assert.deepEqual(faults, [])
})

test('the badge of a past moment tells the state of that moment', skip, async () => {
  const { client } = server
  await talk(client, 'then', 4)
  const { run_id } = await client.runs.start('then', { skill: 'rest', input: 'a day' })
  await client.runs.wait(run_id)
  await using window = await openWindow(browser)
  const { page, faults } = window
  const badge = page.locator('.session-header [class*=text-small]').first()
  await page.goto(`${server.url}/s/then`)
  await badge.getByText(/^waiting until/).waitFor()
  await page.goto(`${server.url}/s/then?until=4`)
  await badge.getByText('idle').waitFor()
  assert.deepEqual(faults, [])
})
