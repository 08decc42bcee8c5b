// A real server with the built page, a real browser, and sessions to look at; for tests of the session screen.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { buildPage } from '../../../../scripts/lib/page.ts'
import { type Client, openClient } from '../../../daybook/src/client/client.ts'
import { type RunningServer, type ServeSettings, startServer } from '../../../daybook/src/main.ts'
import { deltaTopic } from '../../../daybook/src/store/bus.ts'

const chromiumPath = process.env.DAYBOOK_CHROMIUM ?? '/usr/bin/chromium'

/** Why no test of this kind can run here; false: they can. */
export const noBrowser: string | false = existsSync(chromiumPath) ? false : `there is no ${chromiumPath}`

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
  '--js-flags=--expose-gc',
]

export interface Stage {
  readonly url: string
  readonly server: RunningServer
  readonly client: Client
  readonly browser: Browser
  /** A page in a profile of its own. */
  open(
    address: string,
    options?: { readonly width?: number; readonly height?: number; readonly dark?: boolean },
  ): Promise<Page>
  /** Unfinished output of a run, as its server tells it. */
  tell(session: string, delta: object): void
  /** Ends the server and starts another one on the same store and port. */
  restart(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** With what the server has beside its store. */
export async function openStage(settings: Partial<ServeSettings> = {}): Promise<Stage> {
  await buildPage()
  const folder = await mkdtemp(join(tmpdir(), 'daybook-page-'))
  const store = `sqlite:${join(folder, 'daybook.db')}`
  const begin = (port: number): Promise<RunningServer> => startServer({ port, host: '127.0.0.1', store, ...settings })
  let server = await begin(0)
  const { url } = server
  const browser = await chromium.launch({ executablePath: chromiumPath, args: flags })
  const contexts: BrowserContext[] = []
  const start = async (): Promise<void> => {
    server = await begin(Number(new URL(url).port))
  }
  return {
    url,
    get server() {
      return server
    },
    client: openClient({ url }),
    browser,
    async open(address, { width = 1280, height = 800, dark = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        locale: 'en-GB',
        reducedMotion: 'reduce',
        hasTouch: width < 500,
      })
      contexts.push(context)
      const page = await context.newPage()
      page.on('pageerror', (error) => console.error(error))
      await page.goto(`${url}${address}`)
      return page
    },
    tell: (session, delta) => server.store.bus.publish(deltaTopic('default', session), delta),
    start,
    stop: () => server.close(),
    async restart() {
      await server.close()
      await start()
    },
    async close() {
      await browser.close()
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** So many messages by turns, in appends of 512. */
export async function talk(client: Client, session: string, count: number): Promise<void> {
  const one = (at: number) => ({
    kind: 'message' as const,
    data:
      at % 2 === 0
        ? { role: 'user', content: `Question ${at}: what about part ${at}?` }
        : {
            role: 'assistant',
            content: `Answer ${at}. ${'It is as it was said before. '.repeat(at % 7)}`,
            agent: 'coder',
          },
  })
  const { seq } = await client.create({ session_id: session, name: `Talk of ${count}` })
  for (let from = seq; from < count; from += 512) {
    const entries = Array.from({ length: Math.min(512, count - from) }, (_, at) => one(from + at + 1))
    await client.session(session).append(entries)
  }
}

/** Where an entry's row stands, in pixels from the top of the window; null where it is not drawn. */
export function placeOf(page: Page, seq: number): Promise<number | null> {
  return page.evaluate((number) => {
    for (const row of document.querySelectorAll<HTMLElement>('[data-row]')) {
      if (Number(row.dataset.from) <= number && number <= Number(row.dataset.to)) return row.getBoundingClientRect().top
    }
    return null
  }, seq)
}

export function row(seq: number): string {
  return `[data-from="${seq}"]`
}
