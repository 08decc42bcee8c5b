// A message, as Markdown once it is finished, and what was thought before it.

import { lazy, memo, Suspense, useState } from 'react'
import { actorOf } from '../parts/session-text.ts'
import { count, dollars, lasting } from '../parts/time.ts'
import { EntryBody, EntryNumber } from './entry-row.tsx'
import type { MessageItem, ReasoningItem } from './model/items.ts'
import { TextViewer } from './viewer.tsx'
import { t } from './words.ts'

const Markdown = lazy(async () => ({ default: (await import('./markdown.tsx')).Markdown }))

/** Characters and lines of a message that are drawn; the rest is a press away. */
const most = 16_000
const mostLines = 160

export const MessageRow = memo(function MessageRow({ item }: { readonly item: MessageItem }) {
  const figures = [
    item.model,
    item.tokens === undefined ? undefined : t('tokens', { n: item.tokens }),
    item.cost === undefined ? undefined : dollars(item.cost),
    item.partial ? t('cutOff') : undefined,
  ].filter((part) => part !== undefined)
  return (
    <EntryBody
      seq={item.seq}
      at={item.at}
      who={whoOf(item)}
      more={figures.length > 0 && <span className="text-soft">{figures.join(' · ')}</span>}
    >
      <div className={`said said-${item.role}`} dir="auto">
        <Said text={item.text} plain={item.role === 'user' || item.role === 'tool'} title={whoOf(item)} />
      </div>
    </EntryBody>
  )
})

function Said({ text, plain, title }: { readonly text: string; readonly plain: boolean; readonly title: string }) {
  const [open, setOpen] = useState(false)
  const shown = shortOf(text)
  const words = <PlainText text={shown} />
  return (
    <>
      {plain || !hasSigns(shown) ? (
        words
      ) : (
        <Suspense fallback={words}>
          <Markdown text={shown} />
        </Suspense>
      )}
      {shown.length < text.length && (
        <button type="button" className="more target" onClick={() => setOpen(true)}>
          {t('openWhole', { n: text.length })}
        </button>
      )}
      {open && <TextViewer title={title} text={text} onClose={() => setOpen(false)} />}
    </>
  )
}

function PlainText({ text }: { readonly text: string }) {
  return <p className="whitespace-pre-wrap">{text}</p>
}

/** Most messages are paragraphs: they need no parser. */
function hasSigns(text: string): boolean {
  return /[*_`#|[\]<>~\\]|^\s*(?:[-+]|\d+[.)])\s|^ {4}|\n\n|https?:|www\./m.test(text)
}

function shortOf(text: string): string {
  let cut = text.length > most ? text.lastIndexOf('\n', most) : text.length
  if (cut < most / 2 && text.length > most) cut = most
  let at = -1
  for (let line = 0; line < mostLines; line += 1) {
    at = text.indexOf('\n', at + 1)
    if (at < 0) return text.slice(0, cut)
  }
  return text.slice(0, Math.min(cut, at))
}

function whoOf({ role, name, agent, by }: MessageItem): string {
  if (role === 'user') return name ?? (/^user:(?:local|owner)$/.test(by) ? t('you') : actorOf(by))
  // Whoever wrote an answer down for an agent is not its author.
  if (role === 'assistant') return agent ?? name ?? (by.startsWith('agent:') ? actorOf(by) : t('assistant'))
  return t(role === 'system' ? 'system' : 'result')
}

export const ReasoningRow = memo(function ReasoningRow({ item }: { readonly item: ReasoningItem }) {
  const [open, setOpen] = useState(false)
  return (
    <div className="grid-row">
      <EntryNumber seq={item.seq} />
      <div className="reading">
        <button type="button" className="group-line" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="chevron" aria-hidden="true">
            ›
          </span>
          {item.duration === undefined ? t('thought') : t('thoughtFor', { time: lasting(item.duration) })}
          {!open && <span className="min-w-0 flex-1 truncate text-start italic">{item.text.slice(0, 160)}</span>}
        </button>
        {open && (
          <p dir="auto" className="thought">
            {item.text.slice(0, most)}
            {item.text.length > most && ` … ${count(item.text.length)}`}
          </p>
        )}
      </div>
    </div>
  )
})
