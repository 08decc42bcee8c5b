// A session as one HTML page that needs nothing else: no script, nothing loaded, readable on a screen and on paper.

import type { Head } from '../../schema/heads.ts'
import type { Part } from '../../schema/parts.ts'
import type { Session } from '../contract.ts'
import type { HistoryMessage } from '../views/contract.ts'
import { diffHtml, escaped, pre, prose } from './html-text.ts'
import { type Piece, piecesOf, shown, sizeOf, type TouchedFile } from './pieces.ts'

type Time = (moment: number) => string

/** The page in pieces of text, in order; `timeZone` is an IANA name. */
export async function* sessionHtml(session: Session, timeZone: string): AsyncGenerator<string> {
  const head = await session.head()
  const time: Time = (moment) => shown(moment, timeZone)
  yield opening(head, timeZone, time)
  for await (const piece of piecesOf(session, head)) yield pieceHtml(piece, time)
  yield '</main>\n</body>\n</html>\n'
}

/** The policy holds even where a reader of the page is told to allow more: nothing but its own styles. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

const styles = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 5%, transparent) }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 0 }
header p, .when { color: color-mix(in srgb, currentColor 65%, transparent); font-size: .85rem; margin: .15rem 0 }
.when a { color: inherit }
section { border-top: 1px solid var(--line); padding: .9rem 0 }
section.user { border-left: 3px solid #2f6fde; padding-left: .8rem }
section.note, section.handoff { background: var(--soft); padding-inline: .8rem }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 }
pre { background: var(--soft); border-radius: 4px; padding: .6rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 }
pre, code { font: .85rem/1.45 ui-monospace, monospace }
summary { cursor: pointer; font-size: .9rem }
ins, del { text-decoration: none }
ins { background: #2da44e33 }
del { background: #cf222e2e }
.failed > summary::after { content: " · failed"; color: #cf222e }
@media print { main { max-width: none; padding: 0 } section { break-inside: avoid-page } details > * { display: block } details::details-content { content-visibility: visible; block-size: auto } }
`

function opening(head: Head, timeZone: string, time: Time): string {
  const title = escaped(head.name ?? head.title ?? head.session)
  const facts = [head.currentAgent, head.branch, head.repository, `${head.messages} messages`, `${head.tokens} tokens`]
  return `<!doctype html>
<html lang="und">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${styles}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p>${facts.flatMap((fact) => (fact ? [escaped(fact)] : [])).join(' · ')}</p>
<p><code>${escaped(head.session)}</code> · opened ${time(head.createdAt)} · up to entry ${head.seq} (times: ${escaped(timeZone)})</p>
</header>
`
}

function pieceHtml(piece: Piece, time: Time): string {
  switch (piece.type) {
    case 'message':
      return messageHtml(piece.message, time)
    case 'note': {
      const { type, text, at, seq, by } = piece.note
      return section('note', seq, `Note · ${type}`, `${time(at)} · ${by}`, [prose(text)])
    }
    case 'handoff': {
      const { from, to, reason, at, seq } = piece.handoff
      return section('handoff', seq, `Hand-off · ${from} → ${to}`, time(at), [prose(reason)])
    }
    case 'files':
      return `<section class="files"><h2>Files</h2>\n<ul>\n${piece.files.map(fileHtml).join('\n')}\n</ul></section>\n`
  }
}

function section(name: string, seq: number, title: string, when: string, blocks: readonly string[]): string {
  const body = blocks.filter((block) => block !== '').join('\n')
  const place = `<p class="when"><a href="#${seq}">${seq}</a> · ${escaped(when)}</p>`
  return `<section class="${name}" id="${seq}">\n<h2>${escaped(title)}</h2>\n${place}\n${body}\n</section>\n`
}

function messageHtml(message: HistoryMessage, time: Time): string {
  const { role, agent, name, model, seq, content, parts = [] } = message
  const by = [role, name ?? agent, model].filter((each) => each !== undefined).join(' · ')
  const said = content.trim() === '' ? '' : role === 'tool' ? pre(content) : prose(content)
  return section(role, seq, by, time(message.at), [said, ...parts.map((part) => partHtml(part, content))])
}

function partHtml(part: Part, content: string): string {
  switch (part.type) {
    case 'text':
      return content.includes(part.text) ? '' : prose(part.text)
    case 'reasoning':
      return folded('Thought', prose(part.text))
    case 'call':
      return folded(`Call ${part.name}`, value(part.input))
    case 'result':
      return folded('Result', value(part.output), part.error === true)
    case 'file':
      return `<p>File <code>${escaped(part.name ?? part.url ?? part.blob ?? '')}</code></p>`
    case 'edit': {
      const to = part.to === undefined ? '' : ` → ${part.to}`
      const title = `Edit ${part.path}${to} (${part.operation}${sizeOf(part)})`
      return part.diff === undefined ? `<p>${escaped(title)}</p>` : folded(title, diffHtml(part.diff))
    }
  }
}

function folded(title: string, body: string, failed = false): string {
  if (body === '') return `<p>${escaped(title)}${failed ? ' · failed' : ''}</p>`
  return `<details${failed ? ' class="failed"' : ''}><summary>${escaped(title)}</summary>\n${body}\n</details>`
}

function value(given: unknown): string {
  if (given === undefined) return ''
  return pre(typeof given === 'string' ? given : JSON.stringify(given, null, 2))
}

function fileHtml(file: TouchedFile): string {
  const pinned = file.pinned && file.operation !== 'pin' ? ', pinned' : ''
  return `<li><code>${escaped(file.path)}</code> (${file.operation}${sizeOf(file)}${pinned})</li>`
}
