// Makes pictures of every screen in both themes and two widths into docs/images, from sessions that are always the same.
//   plain arguments are the screens to make instead of all
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
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

async function picture(
  browser: Browser,
  url: string,
  screen: Screen,
  theme: 'light' | 'dark',
  at: (typeof sizes)[number],
) {
  await using window = await openWindow(browser, { viewport: at, colorScheme: theme, reducedMotion: 'reduce' })
  const { page, faults } = window
  await page.goto(url + screen.path)
  await screen.ready(page)
  // What is still on its way, such as a preview, is there when nothing is asked any more; streams are never done.
  await page.waitForFunction('document.querySelectorAll("[aria-busy=true]").length === 0')
  const path = join(folder, `${screen.name}-${theme}-${at.width}.png`)
  await page.screenshot({ path, scale: 'css', animations: 'disabled', caret: 'hide' })
  if (faults.length > 0) throw new Error(`${screen.name}: ${faults.join('\n')}`)
  console.log(path)
}

const wanted = process.argv.slice(2)
mkdirSync(folder, { recursive: true })
await using server = await openServer(...fill.skills)
await fill.sessions(server.client)
const browser = await openBrowser()
try {
  for (const screen of screens.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const theme of ['light', 'dark'] as const) {
      for (const at of sizes) await picture(browser, server.url, screen, theme, at)
    }
  }
} finally {
  await browser.close()
}
