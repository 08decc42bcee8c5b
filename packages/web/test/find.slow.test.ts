// Find in a real browser: what was said anywhere is found by its words, in any language, and opened at its entry by keys alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { noBrowser, openBrowser, openWindow } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer()
  const { client } = server
  const said = [
    ['auth', 'Make the token test pass', 'I added thirty seconds of clock skew to the check of the token.'],
    ['docs', 'Страница о повторах', 'Мы решили: задержка удваивается, пока не станет пять секунд.'],
    ['login', '修复登录', '原因是表单没有校验空密码。'],
    ['other', 'Nothing of that', 'Unrelated words.'],
  ] as const
  for (const [id, title, text] of said) {
    await client.session(id).message({ role: 'user', content: title })
    await client.session(id).message({ role: 'assistant', content: text })
  }
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

// Fails when only titles are looked through: none of these words stands in one.
test('words inside sessions are found, in Russian and Chinese too, each with its address', skip, async () => {
  await using window = await openWindow(browser)
  const { page, faults } = window
  await page.goto(`${server.url}/find`)
  const field = page.getByRole('combobox')
  for (const [words, title] of [
    ['clock skew', 'Make the token test pass'],
    ['задержку', 'Страница о повторах'],
    ['空密码', '修复登录'],
  ] as const) {
    await field.fill(words)
    const hit = page.getByRole('option').filter({ hasText: title })
    await hit.locator('mark').first().waitFor()
    assert.match(await hit.innerText(), /@3/)
    assert.equal(new URL(page.url()).searchParams.get('q'), words)
  }
  assert.deepEqual(faults, [])
})

test('arrows show what stands around a hit, and Enter opens it there', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(server.url)
  await page.getByRole('list', { name: 'All sessions' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Go to…' }).fill('clock skew')
  await page.getByRole('option', { name: /Find “clock skew”/ }).waitFor()
  await page.keyboard.press('ArrowUp')
  const chosen = page.getByRole('dialog').getByRole('option', { selected: true })
  while (!(await chosen.innerText()).startsWith('Find')) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary').getByText('clock skew').waitFor()
  await page.getByRole('complementary').getByText('Make the token test pass', { exact: true }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.waitForURL('**/s/auth@3')
})

test('what nobody said is told with what comes near', skip, async () => {
  await using window = await openWindow(browser)
  const { page } = window
  await page.goto(`${server.url}/find?q=${encodeURIComponent('skewer')}`)
  await page.getByText('Nothing says “skewer”.').waitFor()
  await page.getByRole('button', { name: 'skew' }).waitFor()
})
