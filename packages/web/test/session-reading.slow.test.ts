// Reading a session in a real browser: nobody is moved, nothing is too long, and every place has an address.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { accessFaults, noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'
import { heap, nodes, placeOf, row, talk, until } from './talks.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer
/** Pieces that the skill `stream` has told so far, of as many as it is asked for. */
let told = 0

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer({
    id: 'stream',
    name: 'stream',
    description: 'Says a lot.',
    durable: false,
    async run(input, { delta }) {
      for (told = 0; told < Number(input); told += 1) {
        delta(told % 50 === 49 ? 'words.\n\n' : 'more words ')
        if (told % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return 'said'
    },
  })
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

// Complaint 1. Fails when #place of scroller.ts always goes to the end, whether it is followed or not.
test('somebody who reads above is not moved by a single pixel, however much is streamed below', skip, async () => {
  const { client } = server
  await talk(client, 'read', 60)
  await using window = await openWindow(browser)
  const { page, faults } = window
  await page.goto(`${server.url}/s/read@10`)
  await page.locator(row(10)).waitFor()
  await page.locator('[role=log]').evaluate((box) => box.scrollBy(0, -30))
  await page.waitForFunction('document.querySelector("[role=log]").getAttribute("aria-busy") === "false"')
  const before = await placeOf(page, 10)
  assert.ok(before !== null)
  // As much as 200 pieces a second are in a minute, and an entry for each second of it.
  const { run_id: run } = await client.runs.start('read', { skill: 'stream', input: '12000' })
  let most = 0
  for (let entry = 0; entry < 60; entry += 1) {
    await client
      .session('read')
      .message({ role: 'assistant', content: `Finished ${entry}\n\n${'line\n'.repeat(entry)}` })
    const now = await placeOf(page, 10)
    most = Math.max(most, Math.abs((now ?? Number.NaN) - before))
  }
  await client.runs.wait(run, { until: 'end' })
  await page.getByRole('button', { name: /new/ }).waitFor()
  assert.equal(await placeOf(page, 10), before)
  assert.equal(most, 0)
  assert.equal(told, 12_000)
  // The pill leads to the end, where new content is followed again.
  await page.getByRole('button', { name: /new/ }).click()
  await page.getByText('Finished 59').waitFor()
  await client.session('read').message({ role: 'assistant', content: 'The very last' })
  await page.getByText('The very last').waitFor()
  await until(async () => (await distance(page)) < 2)
  assert.deepEqual(faults, [])
})

const distance = (page: Awaited<ReturnType<typeof openWindow>>['page']): Promise<number> =>
  page.locator('[role=log]').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)

test(
  'marking a text, a wheel turned up and a key that leads up end following; coming back to the end begins it',
  skip,
  async () => {
    const { client } = server
    await talk(client, 'follow', 80)
    await using window = await openWindow(browser)
    const { page } = window
    await page.goto(`${server.url}/s/follow`)
    await page.locator(row(80)).waitFor()
    await until(async () => (await distance(page)) < 2)
    const say = (text: string) => client.session('follow').message({ role: 'assistant', content: text })
    const stays = async (what: string, leave: () => Promise<unknown>): Promise<void> => {
      await leave()
      await atRest(page)
      const before = await firstInSight(page)
      await say(`While away: ${what}`)
      await page.getByRole('button', { name: /new/ }).waitFor()
      assert.deepEqual(await firstInSight(page), before, what)
      await page.getByRole('button', { name: /new/ }).click()
      await page.getByText(`While away: ${what}`).waitFor()
      await until(async () => (await distance(page)) < 2)
    }
    await page.mouse.move(400, 400)
    await stays('wheel', () => page.mouse.wheel(0, -20))
    await stays('text', () =>
      page.locator(row(79)).evaluate((element) => document.getSelection()?.selectAllChildren(element)),
    )
    await page.evaluate('document.getSelection().removeAllRanges()')
    await page.locator('[role=log]').focus()
    await stays('key', () => page.keyboard.press('PageUp'))
  },
)

/** A turn of the wheel or a key has come to its end: browsers move there over some frames. */
function atRest(page: Page): Promise<void> {
  return page.locator('[role=log]').evaluate(async (box) => {
    for (let still = 0, last = box.scrollTop; still < 20; still = box.scrollTop === last ? still + 1 : 0) {
      last = box.scrollTop
      await new Promise((resolve) => box.ownerDocument.defaultView?.requestAnimationFrame(resolve))
    }
  })
}

/** Its number, and pixels from the top: what the reader sees, whatever becomes of the heights further up. */
function firstInSight(page: Page): Promise<readonly [string | undefined, number]> {
  return page.locator('[role=log]').evaluate((box) => {
    const { top } = box.getBoundingClientRect()
    const rows = [...box.querySelectorAll<HTMLElement>('[data-row]')]
    const first = rows.find((row) => row.getBoundingClientRect().bottom > top + 1)
    return [first?.dataset.from, Math.round((first?.getBoundingClientRect().top ?? 0) - top)]
  })
}

// Complaint 3. Fails when #cover of scroller.ts draws all rows that are held.
test(
  'a session of 100,000 entries opens at its end and at any entry, and going through it holds little',
  skip,
  async () => {
    const { client } = server
    await talk(client, 'long', 100_000)
    await using window = await openWindow(browser)
    const { page, faults } = window
    await page.goto(`${server.url}/s/long`)
    await page.locator(row(100_000)).waitFor()
    assert.ok((await nodes(page)) <= 1500, `${await nodes(page)} nodes`)
    const first = await heap(page)
    assert.ok(first <= 60, `${first} MB`)
    await page.goto(`${server.url}/s/long@50000`)
    await page.locator(row(50_000)).waitFor()
    const place = await placeOf(page, 50_000)
    assert.ok(place !== null && place > 0 && place < 700)
    // From one end to the other, resting here and there.
    const box = page.locator('[role=log]')
    for (const part of [0, 0.1, 0.25, 0.4, 0.6, 0.8, 0.95, 1]) {
      await box.evaluate((element, to) => element.scrollTo(0, element.scrollHeight * to), part)
      await until(() =>
        page.evaluate(`(() => {
      const log = document.querySelector('[role=log]').getBoundingClientRect()
      return [...document.querySelectorAll('[data-row]')].some((row) => {
        const place = row.getBoundingClientRect()
        return place.bottom > log.top && place.top < log.bottom
      })
    })()`),
      )
      assert.ok((await nodes(page)) <= 1500)
    }
    await page.mouse.move(400, 400)
    for (let turn = 0; turn < 100; turn += 1) await page.mouse.wheel(0, -900)
    const last = await heap(page)
    assert.ok(last - first <= 20, `${first} MB, then ${last} MB`)
    assert.deepEqual(faults, [])
  },
)

// Complaint 4. Fails when FoldedText draws all lines.
test(
  'very long output and a very long file are folded and looked through a screen at a time, and no text breaks the page',
  skip,
  async () => {
    const { client } = server
    const lines = (count: number) =>
      Array.from({ length: count }, (_, at) => `\x1b[32mline\x1b[0m ${at + 1}`).join('\n')
    await client.create({ session_id: 'large' })
    const session = client.session('large')
    const { blob, size } = await session.putBlob(
      new TextEncoder().encode(`${'a line of forty characters, no less, yes\n'.repeat(100_000)}end`),
    )
    const output = lines(31_203)
    await session.append([
      {
        kind: 'message',
        data: { role: 'assistant', content: '', parts: [{ type: 'call', call_id: 'c', name: 'build' }] },
      },
      { kind: 'message', data: { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'c', output }] } },
      {
        kind: 'message',
        data: {
          role: 'user',
          content: 'the log',
          parts: [{ type: 'file', blob, size, name: 'build.log', media_type: 'text/plain' }],
        },
      },
    ])
    await using window = await openWindow(browser)
    const { page, faults } = window
    await page.goto(`${server.url}/s/large`)
    await page.getByRole('button', { name: 'Open 31,203 lines' }).click()
    assert.ok((await nodes(page)) <= 1500, `${await nodes(page)} nodes`)
    const viewer = page.getByRole('dialog')
    await viewer.getByText('line 1', { exact: true }).waitFor()
    await page.getByRole('region', { name: 'Text' }).evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await viewer.getByText('line 31203').waitFor()
    assert.ok(!(await viewer.innerText()).includes('\x1b'))
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await viewer.getByText('a line of forty').first().waitFor()
    await page.getByRole('region', { name: 'Text' }).evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await viewer.getByText('end', { exact: true }).waitFor()
    assert.ok((await nodes(page)) <= 1500)
    await page.keyboard.press('Escape')
    assert.equal(await viewer.count(), 0)
    // Nested without end: as it was written, and what comes behind it is read as ever.
    await client.session('large').message({ role: 'assistant', content: `${'> '.repeat(8_000)}deep` })
    await client.session('large').message({ role: 'assistant', content: '**Read** as ever' })
    await page.locator('strong', { hasText: 'Read' }).waitFor()
    assert.deepEqual(faults, [])
  },
)

test('a reader comes back to where they were, on any device, and is told how much came since', skip, async () => {
  const { client } = server
  await talk(client, 'place', 88)
  {
    await using window = await openWindow(browser)
    await window.page.goto(`${server.url}/s/place`)
    await window.page.locator(row(88)).waitFor()
    await until(async () => (await client.session('place').marks()).seen === 88)
  }
  for (let at = 89; at <= 121; at += 1)
    await client.session('place').message({ role: 'assistant', content: `Later ${at}` })
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(`${server.url}/s/place`)
  await page.getByText('You were at 88; 33 new entries').first().waitFor()
  await page.locator(row(88)).waitFor()
  const place = await placeOf(page, 88)
  assert.ok(place !== null && place > 80 && place < 700)
})

// Fails when Slider goes to where it stands instead of where it was put: on a slow page, that is a moment ago.
test('what comes moves nobody into the past, however slow the page is', skip, async () => {
  const { client } = server
  await talk(client, 'slow', 4)
  await using window = await openWindow(browser)
  const { page } = window
  // As where drawing takes longer than the slider rests.
  await page.addInitScript(`globalThis.setTimeout = ((set) => (call, time, ...given) =>
    time === 120 ? (queueMicrotask(call), 0) : set(call, time, ...given))(setTimeout)`)
  await page.goto(`${server.url}/s/slow`)
  await page.locator(row(4)).waitFor()
  await page.getByText('4 / 4', { exact: true }).waitFor()
  await client.session('slow').message({ role: 'assistant', content: 'Another' })
  await page.getByText('5 / 5', { exact: true }).or(page.getByText('as of entry 4')).waitFor()
  assert.equal(new URL(page.url()).search, '')
})

test('the slider shows the session as it was, and a fork begins there', skip, async () => {
  const { client } = server
  await talk(client, 'time', 40)
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(`${server.url}/s/time?until=12`)
  await page.locator(row(12)).waitFor()
  assert.equal(await page.locator(row(13)).count(), 0)
  assert.equal(await page.getByRole('textbox', { name: /Say something/ }).count(), 0)
  await page.getByRole('slider', { name: 'Moment' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.locator(row(13)).waitFor()
  // Whoever steps goes on stepping.
  await page.locator('[aria-label=Moment]:focus').waitFor()
  await page.keyboard.press('ArrowRight')
  await page.locator(row(14)).waitFor()
  await page.keyboard.press('ArrowLeft')
  await page.waitForURL('**/s/time?until=13')
  await page.getByRole('button', { name: /Fork here/ }).click()
  await page.waitForURL((url) => !url.pathname.includes('/s/time') && url.search === '')
  const fork = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
  const { parent } = await client.session(fork).get()
  assert.deepEqual(parent, { session_id: 'time', seq: 13 })
  await client.session(fork).message({ role: 'user', content: 'Another way' })
  await page.goto(`${server.url}/s/time..${fork}`)
  await page.getByText('Both are the same up to entry 13.').waitFor()
  assert.deepEqual(await accessFaults(page), [])
  assert.equal(await page.getByRole('link', { name: 'Continue this one' }).count(), 2)
})
