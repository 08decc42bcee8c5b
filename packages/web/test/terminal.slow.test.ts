// A terminal in a real browser: the key of the user, watching before typing, taking over on purpose, and leaving by F6.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Browser, Page, Route } from 'playwright-core'
import { openClient, openProcesses, type RemoteProcesses } from '../../daybook/src/client/client.ts'
import { startServer } from '../../daybook/src/main.ts'
import { accessFaults, noBrowser, openBrowser, openWindow, overflow, pageFolder } from './browser.fixture.ts'
import { until } from './talks.fixture.ts'

test('a terminal is watched, taken over, typed at, on a phone too, and left by keys, and can be read as text', {
  skip: noBrowser,
}, async () => {
  await pageFolder()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-terminal-')))
  mkdirSync(join(folder, 'work'))
  const file = join(folder, 'programs.json')
  writeFileSync(file, JSON.stringify({ workdirs: ['work'], programs: { bash: { pty: { exit_keys: [] } } } }))
  const server = await startServer({ port: 0, host: '127.0.0.1', store: 'memory:', programs: { file, state: folder } })
  const key = readFileSync(join(folder, 'key'), 'utf8').trim()
  const processes = openProcesses({ url: server.url, headers: { authorization: `Bearer ${key}` } })
  await openClient({ url: server.url }).create({ session_id: 'typing', metadata: { cwd: join(folder, 'work') } })
  const browser = await openBrowser()
  try {
    const given = await processes.open('typing', { program: 'bash', cols: 80, rows: 24 })
    assert.ok('process' in given)
    const { process_id: id } = given.process.process
    await using window = await openWindow(browser)
    const { page, faults } = window
    const code = server.code()
    await page.goto(`${server.url}/s/typing/p/${id}#code=${code}`)
    await page.getByText('You watch.').waitFor()
    assert.equal(page.url(), `${server.url}/s/typing/p/${id}`)
    await knowsTheKeyLate(page, page.url())
    await knowsTheKey(page, `${server.url}/s/typing/p/${id}`, { code, key })
    const screen = page.locator('.xterm-screen')
    await screen.waitFor()
    await screen.click()
    await page.keyboard.type('echo nobody\n')
    await page.getByRole('button', { name: 'Take over' }).click()
    await page.getByText(/You type/).waitFor()
    await page.keyboard.type('echo $((6 * 7))\n')
    await until(async () => (await page.locator('.xterm-rows').innerText()).includes('42'))
    assert.ok(!(await page.locator('.xterm-rows').innerText()).includes('nobody'))
    await typesByThumb(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.keyboard.press('F6')
    await page.getByText('You watch.').waitFor()
    assert.equal(await page.evaluate(`document.activeElement.closest('.live-screen') === null`), true)
    assert.deepEqual(await accessFaults(page), [])
    await isReadAsText(page)
    assert.deepEqual(faults, [])
    await processes.close('typing', id)
    await page
      .getByText(/It has ended/)
      .first()
      .waitFor()
    await isAskedForTheKey(browser, `${server.url}/s/typing`, key)
  } finally {
    await browser.close()
    await closeAll(server.url, processes)
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What lives on would outlive the server. */
async function closeAll(url: string, processes: RemoteProcesses): Promise<void> {
  const view = await openClient({ url }).session('typing').view('processes')
  for (const { process_id: id } of view.processes) {
    if ((await processes.get('typing', id)).alive) await processes.close('typing', id)
  }
}

/** What was typed is not in the log yet; the screen has it. */
async function isReadAsText(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'As text' }).click()
  await page.getByRole('region', { name: 'What the screen shows, as text' }).getByText('42').first().waitFor()
  for (const [colorScheme, width] of [
    ['light', 360],
    ['dark', 320],
  ] as const) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 640 })
    assert.equal(await overflow(page), 0, `${width}`)
    assert.deepEqual(await accessFaults(page), [], colorScheme)
  }
}

/** Who comes by the plain address and wants a program is told what is missing where it is; what was refused is sent with the key. */
async function isAskedForTheKey(browser: Browser, address: string, key: string): Promise<void> {
  await using stranger = await openWindow(browser)
  const { page } = stranger
  await page.goto(address)
  await page.getByRole('combobox', { name: 'Agent' }).selectOption('bash')
  await page.getByRole('textbox', { name: /Say something/ }).fill('echo allowed')
  await page.keyboard.press('Enter')
  const field = page.getByLabel('Key', { exact: true })
  await field.waitFor()
  assert.deepEqual(await accessFaults(page), [])
  await field.fill(key)
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('allowed', { exact: true }).first().waitFor()
}

/** The keys that a phone has not. */
async function typesByThumb(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 640 })
  const keys = page.getByRole('toolbar', { name: 'Keys of the terminal' })
  const sizes: number[] = await keys.evaluate((bar) =>
    [...bar.children].flatMap((each) => [each.clientWidth + 2, each.clientHeight + 2]),
  )
  assert.equal(sizes.length, 14)
  assert.ok(Math.min(...sizes) >= 44, sizes.join())
  assert.equal(await overflow(page), 0)
  const said = async (): Promise<string> => page.locator('.xterm-rows').innerText()
  await page.keyboard.type('echo one-more')
  await keys.getByRole('button', { name: 'Ctrl-C' }).click()
  await until(async () => (await said()).includes('^C'))
  await keys.getByRole('button', { name: 'Up' }).click()
  await page.keyboard.press('Enter')
  await until(async () => (await said()).split('42').length === 3)
}

/** Another tab, which is told the key between its first question and the refusal of that. */
async function knowsTheKeyLate(page: Page, address: string): Promise<void> {
  const tab = await page.context().newPage()
  await tab.addInitScript(`{
    const { postMessage } = BroadcastChannel.prototype
    const held = new Promise((resolve) => (globalThis.askOthers = resolve))
    BroadcastChannel.prototype.postMessage = function (...given) { held.then(() => postMessage.apply(this, given)) }
  }`)
  const refused = async (route: Route): Promise<void> => {
    const response = await route.fetch()
    assert.equal(response.status(), 403)
    await tab.evaluate('askOthers()')
    await tab.waitForFunction(`sessionStorage.getItem('daybook.key') !== null`)
    await route.fulfill({ response })
  }
  await tab.route(/\/processes\/[^/]+$/, refused, { times: 1 })
  await tab.goto(address)
  await tab.getByText('You watch.').waitFor()
  await tab.close()
}

/** Another tab of this browser is told the key, with the used code or without; another browser is not, and can be told it by hand. */
async function knowsTheKey(page: Page, address: string, { code, key }: { code: string | null; key: string }) {
  const tab = await page.context().newPage()
  await tab.goto(address)
  await tab.getByText('You watch.').waitFor()
  await tab.goto('about:blank')
  await tab.goto(`${address}#code=${code}`)
  await tab.getByText('You watch.').waitFor()
  await tab.close()
  const late = await page.context().newPage()
  await late.goto(`${address}#code=${code}`)
  await late.getByText('You watch.').waitFor()
  await late.close()
  const browser = page.context().browser()
  assert.ok(browser)
  await using stranger = await openWindow(browser)
  await stranger.page.goto(`${address}#code=${code}`)
  const field = stranger.page.getByLabel('Key')
  await field.waitFor()
  assert.equal(stranger.page.url(), address)
  await field.fill(key)
  await stranger.page.keyboard.press('Enter')
  await stranger.page.getByText('You watch.').waitFor()
  // What was used before takes away nothing that is known: nobody else could tell it here.
  await stranger.page.goto('about:blank')
  await stranger.page.goto(`${address}#code=${code}`)
  await stranger.page.getByText('You watch.').waitFor()
}
