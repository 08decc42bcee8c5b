// Makes pictures of every screen in both themes and two widths into docs/images, from sessions that are always the same.
//   plain arguments are the screens to make instead of all
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page, Route } from 'playwright-core'
import { openClient, openProcesses } from '../packages/daybook/src/client/client.ts'
import { startServer } from '../packages/daybook/src/main.ts'
import { openBrowser, openWindow } from '../packages/web/test/browser.fixture.ts'
import { compared, fill, shown } from '../packages/web/test/example.fixture.ts'
import { openServer } from '../packages/web/test/server.fixture.ts'
import { root } from './lib/files.ts'

const folder = join(root, 'docs', 'images')

interface Screen {
  readonly name: string
  readonly path: string
  /** What has to stand there before the picture is made. */
  ready(page: Page): Promise<unknown>
}

const screens: readonly Screen[] = [
  {
    name: 'home',
    path: '/',
    ready: async (page) => {
      await page.getByRole('button', { name: 'Approve…' }).waitFor()
      await page.getByRole('list', { name: 'All sessions' }).waitFor()
    },
  },
  {
    name: 'session',
    path: `/s/${shown}`,
    // Markdown is drawn a moment after its plain text.
    ready: (page) => page.locator('.said strong').first().waitFor(),
  },
  {
    name: 'compare',
    path: `/s/${compared}`,
    ready: (page) => page.getByRole('link', { name: 'Continue this one' }).first().waitFor(),
  },
  {
    name: 'find',
    path: '/find?q=clock+skew',
    ready: (page) => page.getByRole('option').locator('mark').first().waitFor(),
  },
  {
    name: 'find-over',
    path: `/s/${shown}`,
    ready: async (page) => {
      await page.locator('.said strong').first().waitFor()
      await page.keyboard.press('Control+Shift+F')
      await page.getByRole('combobox', { name: 'Find in all sessions' }).fill('clock skew')
      await page.getByRole('option').locator('mark').first().waitFor()
    },
  },
  { name: 'status', path: '/status', ready: (page) => page.getByRole('heading', { name: 'Skills' }).waitFor() },
  {
    name: 'palette',
    path: '/',
    ready: async (page) => {
      await page.getByRole('list', { name: 'All sessions' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Go to…' }).fill('token')
      await page.getByRole('option', { name: /Find “token”/ }).waitFor()
    },
  },
]

const sizes = [
  { width: 1280, height: 800 },
  { width: 360, height: 720 },
] as const

/** Where things stand on this machine is nobody's business. */
async function withoutPaths(route: Route): Promise<void> {
  const response = await route.fetch()
  const text = (await response.text()).replaceAll(process.execPath, '/usr/bin/node')
  await route.fulfill({ response, body: text.replace(/"sqlite:[^"]*"/g, '"sqlite:~/.local/share/daybook/daybook.db"') })
}

async function picture(
  browser: Browser,
  url: string,
  screen: Screen,
  theme: 'light' | 'dark',
  at: (typeof sizes)[number],
) {
  await using window = await openWindow(browser, { viewport: at, colorScheme: theme, reducedMotion: 'reduce' })
  const { page, faults } = window
  await page.route('**/api/v1/status*', withoutPaths)
  await page.goto(url + screen.path)
  await screen.ready(page)
  // What is still on its way, such as a preview, is there when nothing is asked any more; streams are never done.
  await page.waitForFunction('document.querySelectorAll("[aria-busy=true]").length === 0')
  const path = join(folder, `${screen.name}-${theme}-${at.width}.png`)
  await page.screenshot({ path, scale: 'css', animations: 'disabled', caret: 'hide' })
  await page.unrouteAll({ behavior: 'wait' })
  if (faults.length > 0) throw new Error(`${screen.name}: ${faults.join('\n')}`)
  console.log(path)
}

/** A program that somebody types into, on a server that drives programs, in a folder of its own. */
async function pictureTerminal(browser: Browser): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-pictures-')))
  const cwd = join(folder, 'work')
  mkdirSync(cwd)
  const file = join(folder, 'programs.json')
  writeFileSync(file, JSON.stringify({ workdirs: ['work'], programs: { bash: { pty: { exit_keys: [] } } } }))
  const server = await startServer({ port: 0, host: '127.0.0.1', store: 'memory:', programs: { file, state: folder } })
  try {
    await openClient({ url: server.url }).create({ session_id: 'tests-r8wd', metadata: { cwd } })
    const authorization = `Bearer ${readFileSync(join(folder, 'key'), 'utf8').trim()}`
    const processes = openProcesses({ url: server.url, headers: { authorization } })
    const opened = await processes.open('tests-r8wd', { program: 'bash', cols: 80, rows: 24 })
    if (!('process' in opened)) throw new Error('bash did not start')
    const { process_id: id } = opened.process.process
    const attachment = processes.attach('tests-r8wd', id)
    const lines = [
      "PS1='\\[\\e[36m\\]app\\[\\e[0m\\] $ '; clear",
      'for n in token refresh login; do echo "ok   test/$n.test.ts"; done',
      "printf '\\e[32m41 passed\\e[0m, 0 failed\\n'",
    ]
    attachment.type(new TextEncoder().encode(`${lines.join('\n')}\n`))
    for await (const frame of attachment) {
      if (frame.type === 'output' && Buffer.from(frame.bytes).includes('0 failed\r\n')) break
    }
    attachment.close()
    const terminal: Omit<Screen, 'path'> = {
      name: 'terminal',
      ready: async (page) => {
        await page.locator('.xterm-screen').waitFor()
        await page.getByRole('button', { name: 'Take over' }).click()
        await page.getByText(/You type/).waitFor()
      },
    }
    for (const theme of ['light', 'dark'] as const) {
      for (const at of sizes) {
        const path = `/s/tests-r8wd/p/${id}#code=${server.code()}`
        await picture(browser, server.url, { ...terminal, path }, theme, at)
      }
    }
    await processes.close('tests-r8wd', id)
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const wanted = process.argv.slice(2)
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name)
mkdirSync(folder, { recursive: true })
await using server = await openServer(...fill.skills)
await fill.sessions(server.client)
const browser = await openBrowser()
try {
  for (const screen of screens.filter(({ name }) => isWanted(name))) {
    for (const theme of ['light', 'dark'] as const) {
      for (const at of sizes) await picture(browser, server.url, screen, theme, at)
    }
  }
  if (isWanted('terminal')) await pictureTerminal(browser)
} finally {
  await browser.close()
}
