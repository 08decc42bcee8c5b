// Every screen in a real browser: reached by Tab in every corner, no fault of access in either theme, no scrolling sideways at any width.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { accessFaults, noBrowser, openBrowser, openWindow, overflow } from './browser.fixture.ts'
import { compared, fill, shown } from './example.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'
import { everyKind, row } from './talks.fixture.ts'

const skip = { skip: noBrowser }
let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer(...fill.skills)
  await fill.sessions(server.client)
  await everyKind(server.client, 'kinds')
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

interface Screen {
  readonly path: string
  ready(page: Page): Promise<unknown>
}

const home = (page: Page) => page.getByRole('list', { name: 'All sessions' }).waitFor()

const screens: Readonly<Record<string, Screen>> = {
  Home: {
    path: '/',
    ready: async (page) => {
      await home(page)
      await page.getByRole('button', { name: 'Approve…' }).waitFor()
    },
  },
  'Home, where nothing fits': {
    path: '/?q=nothing',
    ready: (page) => page.getByText('Nothing fits nothing.').waitFor(),
  },
  Session: { path: `/s/${shown}`, ready: (page) => page.locator('.said strong').first().waitFor() },
  'Session of every kind': { path: '/s/kinds', ready: (page) => page.getByText('It is done.').waitFor() },
  'Session as it was': {
    path: '/s/kinds?until=5',
    ready: async (page) => {
      await page.getByRole('slider', { name: 'Moment' }).waitFor()
      await page.locator(row(5)).waitFor()
    },
  },
  'no session': {
    path: '/s/fix-tokem-k3f9',
    ready: (page) => page.getByRole('heading', { name: 'There is no such session here.' }).waitFor(),
  },
  Compare: {
    path: `/s/${compared}`,
    ready: (page) => page.getByRole('link', { name: 'Continue this one' }).first().waitFor(),
  },
  Find: { path: '/find?q=clock+skew', ready: (page) => page.getByRole('option').locator('mark').first().waitFor() },
  'Find, where nothing is': {
    path: '/find?q=skewer',
    ready: (page) => page.getByRole('button', { name: 'skew' }).waitFor(),
  },
  Status: { path: '/status', ready: (page) => page.getByRole('heading', { name: 'Skills' }).waitFor() },
  palette: {
    path: '/status',
    ready: async (page) => {
      await page.getByRole('heading', { name: 'Skills' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Go to…' }).fill('token')
      await page.getByRole('option', { name: /Find “token”/ }).waitFor()
    },
  },
  keys: {
    path: '/status',
    ready: async (page) => {
      await page.getByRole('heading', { name: 'Skills' }).waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys and settings' }).waitFor()
    },
  },
}

/** Of what can be used: where the focus never was, after twice as many tabs as there are such things. */
async function neverFocused(page: Page): Promise<string[]> {
  const count = Number(
    await page.evaluate(`(() => {
      const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
      const top = document.querySelector('[role=dialog], dialog[open]') ?? document
      globalThis.waiting = new Set([...top.querySelectorAll(usable)].filter((each) =>
        !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }) && !each.closest('[inert]')))
      document.addEventListener('focusin', ({ target }) => waiting.delete(target))
      waiting.delete(document.activeElement)
      return waiting.size
    })()`),
  )
  // What comes while the focus goes around takes tabs as well.
  for (let at = 0; at < 2 * count + 20; at += 1) {
    await page.keyboard.press('Tab')
    if (at >= count - 2 && (await page.evaluate('waiting.size')) === 0) break
  }
  return page.evaluate(`[...waiting].filter((each) => each.isConnected).map((each) => each.outerHTML.slice(0, 160))`)
}

/** Colours are the same at any width, so that widths are enough in one of them. */
async function faultsOf(page: Page, widths: readonly number[]): Promise<string[]> {
  const found: string[] = []
  // What only stands there while it has the focus covers other things; so does the head of the page what is scrolled under it.
  await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)')
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 640 })
    const wider = await overflow(page)
    if (wider > 0) found.push(`${width}: ${wider} pixels too wide`)
    if (widths.includes(width)) found.push(...(await accessFaults(page)).map((fault) => `${width}: ${fault}`))
  }
  return found
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(
    `every screen is whole by keys, for readers of screens and at 1280, 360 and 320 pixels, ${colorScheme}`,
    skip,
    async () => {
      await using window = await openWindow(browser, { colorScheme, reducedMotion: 'reduce' })
      const { page, faults } = window
      const found: string[] = []
      for (const [name, { path, ready }] of Object.entries(screens)) {
        await page.setViewportSize({ width: 1280, height: 800 })
        await page.goto(server.url + path)
        await ready(page)
        // The keys are the same in any colour.
        const lost = colorScheme === 'light' ? await neverFocused(page) : []
        found.push(...lost.map((element) => `${name}, no focus: ${element}`))
        found.push(
          ...(await faultsOf(page, colorScheme === 'light' ? [1280, 320] : [1280])).map((fault) => `${name}, ${fault}`),
        )
      }
      assert.deepEqual(found, [])
      assert.deepEqual(faults, [])
    },
  )
}
