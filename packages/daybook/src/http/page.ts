// The small page at the root: what the server is, the newest sessions, and where to go from here. No script at all.

import type { Head } from '../schema/heads.ts'
import { tailOf } from '../schema/ids.ts'
import { type Around, aroundLines } from '../transcripts/around.ts'
import type { Context } from './context.ts'
import { escaped, hashSource, pageHeadersFor } from './html.ts'

const shown = 50

const style = `
:root { color-scheme: light dark; --ink: #1c1b19; --soft: #6d6a64; --line: #e4e1da; --paper: #fbfaf7; --link: #7a3b12; --need: #a3330a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece9e2; --soft: #99958c; --line: #34322d; --paper: #1a1917; --link: #e2a06f; --need: #f08a5d }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 60rem; padding: 3rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
h1 { margin: 0; font: 600 1.75rem/1.2 Georgia, "Times New Roman", serif; letter-spacing: -.01em }
header p, footer { color: var(--soft) }
header p { margin: .35rem 0 0 }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1.25rem 0 2.5rem }
a { color: var(--link); text-underline-offset: .2em; text-decoration-thickness: 1px }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px }
h2 { margin: 0 0 .25rem; font-size: .8rem; font-weight: 600; color: var(--soft) }
ol { list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line) }
li { display: grid; grid-template-columns: 4.5rem 1fr auto; gap: 0 1rem; align-items: baseline; padding: .6rem 0; border-bottom: 1px solid var(--line) }
code { font: .875rem/1.5 ui-monospace, monospace; color: var(--soft) }
.title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.facts { color: var(--soft); font-size: .875rem; white-space: nowrap; font-variant-numeric: tabular-nums }
.need { color: var(--need); font-weight: 600 }
.found { margin: 0 0 2.5rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-left: 3px solid var(--link); border-radius: 3px }
.found p { margin: .35rem 0 0 }
.found p:first-child { margin: 0; font-weight: 600 }
.empty { padding: 1.5rem 0; color: var(--soft) }
footer { margin-top: 2rem; font-size: .875rem }
@media (max-width: 40rem) { li { grid-template-columns: 4.5rem 1fr } .facts { grid-column: 2 } }
`

export const pageHeaders = pageHeadersFor(`style-src ${hashSource(style)}`)

export async function firstPage(context: Context): Promise<string> {
  const { store, sessions, version, prefix } = context
  const [page, around] = await Promise.all([sessions.list({ limit: shown }), context.around()])
  const count = `${page.totalIs === 'exact' ? '' : 'at least '}${page.total} ${page.total === 1 ? 'session' : 'sessions'}`
  const safe = {
    none: 'gone when the server ends',
    process: 'survives a crash of the process',
    power: 'survives power loss',
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>daybook</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>daybook</h1>
<p>${escaped(version)} is ready · ${escaped(store.name)}, ${safe[store.supports.durable]} · ${count}</p>
</header>
<nav>
<a href="/docs">Read and try the interface</a>
<a href="/openapi.json">OpenAPI</a>
<a href="${prefix}/sessions">Sessions as JSON</a>
<a href="/ready">Ready</a>
<a href="/metrics">Metrics</a>
</nav>
<main>
${found(around)}<h2>Newest sessions</h2>
${page.items.length === 0 ? empty(prefix) : `<ol>\n${page.items.map((head) => line(head, prefix)).join('\n')}\n</ol>`}
</main>
<p class="empty">This is the small page. The whole one is built from the sources by <code>npm run page</code>.</p>
${page.cursor === null ? '' : `<footer>The newest ${shown} of ${count}. <a href="${prefix}/sessions">All of them</a></footer>`}
</body>
</html>
`
}

/** The same words as in the terminal, with the command that copies: a page of a server without callers starts nothing. */
function found(around: Around): string {
  const lines = aroundLines(around).map((line) => `<p>${escaped(line)}.</p>`)
  if (lines.length === 0) return ''
  return `<section class="found">
${lines.join('\n')}
<p>Copy them in? Their files are only read, everything stays on this machine, secrets are masked.</p>
<p><code>npx daybook adopt --dry-run</code> shows what there is, <code>npx daybook adopt</code> copies after a yes.</p>
</section>
`
}

function line(head: Head, prefix: string): string {
  const address = `${prefix}/sessions/${encodeURIComponent(head.session)}`
  const [attention] = head.attention
  const title = head.name ?? head.title ?? head.last?.text ?? 'No messages yet'
  const status = attention ? `<span class="need">${escaped(attention.kind)}</span>` : escaped(head.status)
  const messages = `${head.messages} ${head.messages === 1 ? 'message' : 'messages'}`
  const time = new Date(head.lastActivity).toISOString()
  return `<li><code>${escaped(tailOf(head.session))}</code><a class="title" href="${escaped(address)}/history">${escaped(title)}</a><span class="facts">${status} · ${messages} · <time datetime="${time}">${time.slice(0, 16).replace('T', ' ')}</time></span></li>`
}

function empty(prefix: string): string {
  return `<p class="empty">Nothing is kept yet. A message opens the session it names: POST <code>${escaped(prefix)}/sessions/first/messages</code></p>`
}
