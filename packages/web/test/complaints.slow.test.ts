// The ten complaints that people file about such pages: each is shown not to hold here, and to hold once its cure is taken out.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { noBrowser, openBrowser, openWindow, overflow, type Removal, without } from './browser.fixture.ts'
import { openServer, type PageServer } from './server.fixture.ts'
import { nodes, placeOf, row, talk, until } from './talks.fixture.ts'

let browser: Browser
let server: PageServer

before(async () => {
  if (noBrowser) return
  browser = await openBrowser()
  server = await openServer(
    {
      id: 'stream',
      name: 'stream',
      description: 'Says a lot.',
      durable: false,
      async run(_input, { delta }) {
        for (let told = 0; told < 1000; told += 1) {
          delta(told % 50 === 49 ? 'words.\n\n' : 'more words ')
          if (told % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
        }
        return 'said'
      },
    },
    {
      id: 'hold',
      name: 'hold',
      description: 'Holds.',
      run: (_input, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('over'))),
    },
    { id: 'push', name: 'push', description: 'Pushes.', risk: 'high', run: (input) => `pushed ${input}` },
  )
})

after(async () => {
  await browser?.close()
  await server?.[Symbol.asyncDispose]()
})

interface Complaint {
  readonly number: number
  /** What is true instead. */
  readonly instead: string
  readonly window?: BrowserContextOptions
  /** Parts of the built page, or calls of it that no longer say what they did. */
  readonly cure: readonly Removal[] | ((page: Page) => Promise<unknown>)
  /** Whether it is true, in a session of a name of its own. */
  kept(page: Page, session: string): Promise<boolean>
}

const open = (page: Page, session: string, address = ''): Promise<unknown> =>
  page.goto(`${server.url}/s/${session}${address}`)
const composer = (page: Page) => page.getByRole('textbox', { name: /^Say something/ })
const say = (session: string, content: string) => server.client.session(session).message({ role: 'assistant', content })
const listed = (page: Page, session: string) =>
  page.getByRole('list', { name: 'All sessions' }).locator(`[data-session="${session}"]`)

const complaints: readonly Complaint[] = [
  {
    number: 1,
    instead: 'whoever reads above is not moved while a text is streamed below',
    cure: [[/if\(this\.#\w+\.following\)(this\.#\w+\(\w+\.scrollHeight-)/, 'if(!0)$1']],
    async kept(page, session) {
      await talk(server.client, session, 60)
      await open(page, session, '@10')
      await page.locator(row(10)).waitFor()
      await page.waitForFunction('document.querySelector("[role=log]").getAttribute("aria-busy") === "false"')
      const place = await placeOf(page, 10)
      const { run_id: run } = await server.client.runs.start(session, { skill: 'stream' })
      await server.client.runs.wait(run, { until: 'end' })
      await say(session, 'The last of all')
      const last = page.getByText('The last of all').or(page.getByRole('button', { name: /new/ }))
      await last.first().waitFor()
      return place !== null && (await placeOf(page, 10)) === place
    },
  },
  {
    number: 2,
    instead: 'what was said while a connection was away is shown once there is another',
    cure: (page) =>
      page.route('**/feed?*', (route) => {
        const url = new URL(route.request().url())
        url.searchParams.set('cursor', 'now')
        return route.continue({ url: url.href })
      }),
    async kept(page, session) {
      await say(session, 'before')
      await say('other', 'before')
      await page.goto(server.url)
      await page.locator('[data-connection="live"]').waitFor({ state: 'attached' })
      await listed(page, session).getByText('before').waitFor()
      server.gate.refuse()
      await say(session, 'meanwhile')
      await page.getByText(/^Reconnecting/).waitFor()
      server.gate.pass()
      await page.locator('[data-connection="live"]').waitFor({ state: 'attached' })
      await say('other', `after ${session}`)
      await listed(page, 'other').getByText(`after ${session}`).waitFor()
      return (await listed(page, session).getByText('meanwhile').count()) === 1
    },
  },
  {
    number: 3,
    instead: 'of a long session only what is near the reader is drawn',
    cure: [[/from:this\.at\(\w+\),to:Math\.min\((this\.#\w+\.length),this\.at\(\w+\)\+1\)/, 'from:0,to:$1']],
    async kept(page, session) {
      await talk(server.client, session, 1000)
      await open(page, session)
      await page.locator(row(1000)).waitFor()
      await page.locator('[role=log]').hover()
      await page.mouse.wheel(0, -30_000)
      await until(async () => (await page.locator(row(1000)).count()) === 0 || (await nodes(page)) > 1500)
      return (await nodes(page)) <= 1500
    },
  },
  {
    number: 4,
    instead: 'a long output is folded',
    cure: [[/(most:\w+=)12/, '$11e9']],
    async kept(page, session) {
      const output = Array.from({ length: 4000 }, (_, at) => `line ${at + 1}`).join('\n')
      await server.client.create({ session_id: session })
      await server.client.session(session).append([
        {
          kind: 'message',
          data: { role: 'assistant', content: '', parts: [{ type: 'call', call_id: 'c', name: 'build' }] },
        },
        { kind: 'message', data: { role: 'tool', content: '', parts: [{ type: 'result', call_id: 'c', output }] } },
      ])
      await open(page, session)
      await page.getByText(/\bline 12\b/).waitFor()
      return (await page.getByText(/\bline 13\b/).count()) === 0
    },
  },
  {
    number: 5,
    instead: 'which session waits for somebody stands first, and in the title',
    cure: [[/(?<=&&\w+\.)attention!==void 0/, 'never']],
    async kept(page, session) {
      await page.goto(server.url)
      await page.locator('[data-connection="live"]').waitFor({ state: 'attached' })
      const run = await server.client.runs.start(session, { skill: 'push', input: 'git push' })
      await server.client.runs.wait(run.run_id)
      await say('other', `after ${session}`)
      await page.getByText(`after ${session}`).first().waitFor()
      const cards = page.getByRole('list', { name: 'Needs you' }).getByRole('listitem')
      const kept = (await page.title()) === '(1) daybook' && (await cards.count()) === 1
      await server.client.runs.cancel(run.run_id)
      return kept
    },
  },
  {
    number: 6,
    instead: 'every session is in the list, however many there are',
    cure: (page) =>
      page.route(/\/sessions\?.*cursor=/, (route) => {
        const url = new URL(route.request().url())
        url.searchParams.delete('cursor')
        return route.continue({ url: url.href })
      }),
    async kept(page, session) {
      const ids = Array.from({ length: 120 }, (_, at) => `${session}-${at}`)
      await Promise.all(ids.map((session_id) => server.client.create({ session_id, branch: session })))
      let asked = 0
      page.on('requestfinished', (each) => {
        if (each.url().includes(`branch=${session}`)) asked += 1
      })
      await page.goto(`${server.url}/?branch=${session}`)
      const drawn = () => page.locator(`[aria-label="All sessions"] > [data-session]`).count()
      await until(async () => {
        await page.evaluate('scrollTo(0, document.body.scrollHeight)')
        return (await drawn()) === ids.length || asked > 4
      })
      return (await drawn()) === ids.length
    },
  },
  {
    number: 7,
    instead: 'what was said inside a session is found',
    cure: (page) =>
      page.route('**/search?*', async (route) => {
        const answer = await fetch(route.request().url())
        const found = (await answer.json()) as { hits: { session_id: string }[]; sessions: Title[] }
        const words = new URL(route.request().url()).searchParams.get('q')?.split(' ') ?? []
        const fit = found.sessions.filter(({ title }) => words.every((word) => title.includes(word)))
        const hits = found.hits.filter((hit) => fit.some(({ session_id }) => session_id === hit.session_id))
        await route.fulfill({ json: { ...found, hits, total: hits.length } })
      }),
    async kept(page, session) {
      await server.client.session(session).message({ role: 'user', content: 'Make the token test pass' })
      await say(session, `Мы решили: задержка удваивается, см. ${session}`)
      await page.goto(`${server.url}/find?q=${encodeURIComponent(`задержку ${session}`)}`)
      const hit = page.getByRole('option')
      await hit
        .or(page.getByText(/^Nothing says/))
        .first()
        .waitFor()
      return (await hit.count()) === 1
    },
  },
  {
    number: 8,
    instead: 'what waits in the queue is edited, and nothing is overwritten that changed elsewhere',
    cure: (page) =>
      page.route('**/runs/*', (route) => {
        const body = route.request().method() === 'PATCH' ? route.request().postDataJSON() : null
        if (body === null) return route.continue()
        const { expect: _expect, ...rest } = body as Record<string, unknown>
        return route.continue({ postData: JSON.stringify(rest) })
      }),
    async kept(page, session) {
      const { runs } = server.client
      await runs.start(session, { skill: 'hold', input: 'first' })
      const { run_id: waiting } = await runs.start(session, { skill: 'hold', input: 'second' })
      await open(page, session)
      const queue = page.getByRole('region', { name: 'Queue' })
      await queue.getByRole('button', { name: 'Edit' }).click()
      await page.route('**/queue', (route) => route.abort())
      await runs.edit(waiting, { input: 'from elsewhere' })
      await queue.getByRole('textbox').fill('from here')
      const answered = page.waitForResponse((answer) => answer.request().method() === 'PATCH')
      await queue.getByRole('button', { name: 'Save' }).click()
      await answered
      return (await runs.queue(session)).runs[0]?.input === 'from elsewhere'
    },
  },
  {
    number: 9,
    instead: 'a phone shows everything without scrolling sideways',
    window: { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true },
    cure: [[/\(pointer:coarse\)|\(width<=\d+rem\)/, '(width<=0)']],
    async kept(page, session) {
      await talk(server.client, session, 10)
      await open(page, session)
      await composer(page).fill('from the train')
      const send = await page.getByRole('button', { name: 'Send' }).boundingBox()
      await page.getByRole('button', { name: 'Outline, files, cost' }).click()
      const rail = await page.getByRole('complementary').boundingBox()
      const inReach = send !== null && send.x + send.width <= 320 && send.height >= 44
      return inReach && rail !== null && rail.x === 0 && rail.width === 320 && (await overflow(page)) === 0
    },
  },
  {
    number: 10,
    instead: 'Enter belongs to the input method while it composes, and what arrives is announced by nobody',
    cure: [
      [/isComposing:(\w+),keyCode:(\w+)\}\)\{return [^}]+/, 'isComposing:$1,keyCode:$2}){return !1'],
      [/("aria-live":[`"'])off/, '$1polite'],
    ],
    async kept(page, session) {
      await talk(server.client, session, 4)
      await open(page, session)
      await composer(page).focus()
      const input = await page.context().newCDPSession(page)
      await input.send('Input.imeSetComposition', { text: '你好', selectionStart: 2, selectionEnd: 2 })
      await composer(page).dispatchEvent('keydown', { key: 'Enter', code: 'Enter', isComposing: true })
      const composed = (await composer(page).inputValue()) === '你好'
      return composed && (await page.getByRole('log').getAttribute('aria-live')) === 'off'
    },
  },
]

interface Title {
  readonly session_id: string
  readonly title: string
}

for (const { number, instead, window: options, cure, kept } of complaints) {
  test(`[B8] complaint ${number}: ${instead}`, { skip: noBrowser }, async () => {
    {
      await using window = await openWindow(browser, options)
      assert.equal(await kept(window.page, `kept-${number}`), true)
      assert.deepEqual(window.faults, [])
    }
    await using window = await openWindow(browser, options)
    const check = typeof cure === 'function' ? void (await cure(window.page)) : await without(window.page, cure)
    assert.equal(await kept(window.page, `lost-${number}`), false, 'the test does not see it')
    check?.()
  })
}
