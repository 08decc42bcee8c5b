// The page as somebody new meets it, by keys alone: 500 sessions of another agent, an old decision, an approval, a queue, a killed server.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { accessFaults, noBrowser, openBrowser, openWindow, overflow } from './browser.fixture.ts'
import { type Newcomer, openNewcomer } from './newcomer.fixture.ts'
import { until } from './talks.fixture.ts'

const skip = { skip: noBrowser }
const many = 500
let browser: Browser
let machine: Newcomer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  machine = await openNewcomer(many)
})

after(async () => {
  await browser?.close()
  await machine?.[Symbol.asyncDispose]()
})

/** Tab, until the focus is there. */
async function reach(page: Page, selector: string, key = 'Tab'): Promise<void> {
  const there = `document.activeElement.matches(${JSON.stringify(selector)})`
  for (let presses = 0; !(await page.evaluate(there)); presses += 1) {
    assert.ok(presses < 150, `${selector} is not reached by ${key}`)
    await page.keyboard.press(key)
  }
}

const sessionsShown = (page: Page) =>
  page.getByRole('region', { name: 'All sessions' }).getByText(String(many), { exact: true })

/** Copies in what is there: a yes, the key, and how it goes, with the page loaded anew meanwhile. */
async function adopts(page: Page): Promise<void> {
  const { keyboard } = page
  await page.goto(machine.url)
  await page.getByText(`${many} files with sessions`, { exact: true }).waitFor()
  await page.getByText('Nothing is kept here yet.').waitFor()
  assert.deepEqual(await accessFaults(page), [])
  await reach(page, '[data-adopting=offer] .button-solid')
  await keyboard.press('Enter')
  // Whoever has not shown by whom they are is asked for it first; until then nothing was read.
  await page.locator('[data-adopting=locked]').waitFor()
  assert.equal((await machine.client.list({ limit: 1 })).total, 0)
  await reach(page, 'input[type=password]')
  await keyboard.insertText(machine.key)
  await keyboard.press('Enter')
  await page.locator('[data-adopting=running], [data-adopting=done]').waitFor()
  await page.reload()
  await page.locator('[data-adopting=done]').getByText(`${many} new sessions`).waitFor()
  await sessionsShown(page).waitFor()
  assert.deepEqual(await accessFaults(page), [])
  await reach(page, '[data-adopting=done] > p:last-child > button')
  await keyboard.press('Enter')
  await page.locator('[data-adopting]').waitFor({ state: 'detached' })
}

async function findsDecision(page: Page): Promise<void> {
  const { keyboard } = page
  await page.goto(machine.url)
  await sessionsShown(page).waitFor()
  await keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Go to…' }).waitFor()
  await keyboard.type('clock skew')
  await page.getByRole('option', { name: 'Find “clock skew”', selected: true }).waitFor()
  await keyboard.press('Enter')
  await page.getByRole('option', { selected: true }).getByText('skew').waitFor()
  await keyboard.press('Enter')
  await page.waitForURL('**/s/*@*')
  await page.locator('[aria-current=location]').getByText('no clock skew tolerance').waitFor()
}

async function approves(page: Page, session: string): Promise<void> {
  const { keyboard } = page
  await machine.client.runs.start(session, { skill: 'push', input: 'git push --force-with-lease' })
  await page.waitForFunction(() => document.title.startsWith('(1) '))
  // The title says it before it is drawn, and with it where the key leads.
  await page.locator('a[href="/"] .text-need').waitFor({ state: 'attached' })
  await keyboard.press('n')
  await page.waitForURL(`**/s/${session}`)
  await page.getByText('Waits for approval').waitFor()
  await page.getByRole('button', { name: /^Approve/ }).waitFor()
  await keyboard.press('y')
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('Approve now'))
  await keyboard.press('Enter')
  await page.getByText('Approved by').waitFor()
  await page.getByRole('log').getByText('done: git push --force-with-lease').first().waitFor()
  // Whoever decided goes on from there.
  assert.equal(await page.evaluate('document.activeElement.dataset.type'), 'approval')
}

/** Three commands, of which the first waits for a file: two are queued behind it. */
async function queues(page: Page, letGo: string): Promise<void> {
  const { keyboard } = page
  await reach(page, 'select[aria-label=Agent]')
  await keyboard.type('bash')
  await page.getByRole('textbox', { name: 'Say something to bash' }).waitFor()
  const say = async (text: string): Promise<void> => {
    await reach(page, 'textarea', 'Shift+Tab')
    await keyboard.insertText(text)
    await keyboard.press('Enter')
  }
  await say(`until [ -e ${letGo} ]; do sleep 0.1; done; echo the first`)
  // A program takes the key; what was said before it was given is sent then.
  await reach(page, 'input[type=password]')
  await keyboard.insertText(machine.key)
  await keyboard.press('Enter')
  await page.locator('[data-sent=running]').waitFor()
  await say('echo the second')
  await say('echo the third')
  await page.locator('[data-sent=queued]').nth(1).waitFor()
  await until(async () => (await queued(page).count()) === 2)
}

/** What all of it took, by agent. */
async function seesWork(page: Page): Promise<void> {
  const { keyboard } = page
  await keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Go to…' }).waitFor()
  await keyboard.type('status')
  await page.getByRole('option', { name: 'Status', exact: true }).waitFor()
  const chosen = page.getByRole('dialog').getByRole('option', { selected: true })
  while ((await chosen.innerText()) !== 'Status') await keyboard.press('ArrowDown')
  await keyboard.press('Enter')
  await page.waitForURL('**/status')
  await page.getByRole('row', { name: /^bash/ }).waitFor()
}

const queued = (page: Page) => page.getByRole('region', { name: 'Queue' }).getByRole('listitem')

test(
  '[B8] a newcomer copies in by the page what another agent left, once, however often it is loaded',
  skip,
  async () => {
    await using window = await openWindow(browser, { viewport: { width: 360, height: 640 } })
    await adopts(window.page)
    assert.deepEqual(window.faults, [])
  },
)

for (const [part, width, colorScheme] of [
  [401, 1280, 'light'],
  [402, 360, 'dark'],
  [403, 1280, 'dark'],
  [404, 360, 'light'],
] as const) {
  const name = `${width} px, ${colorScheme}`
  test(
    `[B8] a newcomer finds, decides, queues, kills the server and goes on, by keys alone: ${name}`,
    skip,
    async () => {
      await using window = await openWindow(browser, { viewport: { width, height: 720 }, colorScheme })
      const { page, faults } = window
      const [{ session_id: session } = assert.fail()] = (await machine.client.list({ q: `part ${part}`, limit: 1 }))
        .sessions
      const letGo = machine.home.path(`${width}-${colorScheme}`)
      await findsDecision(page)
      await approves(page, session)
      await queues(page, letGo)
      await machine.kill()
      await page.locator('[data-connection=reconnecting]').waitFor()
      await machine.restart()
      await page.locator('[data-connection=live]').waitFor({ state: 'attached' })
      await until(async () => (await queued(page).count()) === 2)
      writeFileSync(letGo, '')
      await page.getByRole('region', { name: 'Queue' }).waitFor({ state: 'detached' })
      await page.keyboard.insertText('echo and on it goes')
      await page.keyboard.press('Enter')
      await page.getByRole('article').getByText('and on it goes', { exact: true }).first().waitFor()
      // Nothing is lost, and nothing was done twice.
      const answers = async () => {
        const { entries } = await machine.client
          .session(session)
          .entries({ kind: ['message'], order: 'desc', limit: 20 })
        const said = entries.map(({ data }) => data as { role: string; content: string }).reverse()
        return said.flatMap(({ role, content }) => (role === 'assistant' && content !== '' ? [content] : [])).slice(-4)
      }
      await until(async () => (await answers()).at(-1) === 'and on it goes')
      assert.deepEqual(await answers(), ['the first', 'the second', 'the third', 'and on it goes'])
      assert.equal(await overflow(page), 0)
      assert.deepEqual(await accessFaults(page), [])
      await seesWork(page)
      assert.equal(await overflow(page), 0)
      assert.deepEqual(faults, [])
    },
  )
}
