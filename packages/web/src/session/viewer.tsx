// Shows very long texts: only the lines in sight are drawn, and of a blob only they are read.

import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { count as figure } from '../parts/time.ts'
import { linesOf } from './model/ansi.ts'
import { SpanLines } from './span-line.tsx'
import { t } from './words.ts'

const lineHeight = 20
/** Browsers draw nothing beyond some millions of pixels. */
const tallest = 12_000_000
const widest = 20_000

export interface LineSource {
  readonly count: number
  /** Lines from a number on, counted from 0; at once where they are there. */
  read(from: number, to: number): readonly string[] | Promise<readonly string[]>
}

export function TextViewer({ title, text, onClose }: { title: string; text: string; onClose: () => void }) {
  const [source] = useState<LineSource>(() => {
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
    return { count: lines.length, read: (from, to) => lines.slice(from, to) }
  })
  return <Viewer title={title} source={source} onClose={onClose} />
}

/** A dialog: Escape and the button close it, and what had the focus has it again. */
export function Viewer({ title, source, onClose }: { title: string; source: LineSource; onClose: () => void }) {
  return (
    <Overlay title={title} onClose={onClose}>
      <Lines source={source} />
    </Overlay>
  )
}

export function Overlay(props: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog ref={dialog} className="overlay" aria-label={props.title} onClose={props.onClose}>
      <header className="flex items-center gap-3 border-b border-rule px-3 py-2">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{props.title}</h2>
        <button type="button" className="icon-button target" aria-label={t('close')} onClick={props.onClose}>
          <X size={18} aria-hidden="true" />
        </button>
      </header>
      {props.children}
    </dialog>
  )
}

function Lines({ source }: { readonly source: LineSource }) {
  const box = useRef<HTMLDivElement>(null)
  const [first, setFirst] = useState(0)
  const [rows, setRows] = useState(40)
  const [held, setHeld] = useState<{ from: number; lines: readonly string[] }>({ from: 0, lines: [] })
  const { count } = source
  // Of very long texts a pixel stands for less than it would.
  const height = Math.min(count * lineHeight, tallest)
  const scale = height / Math.max(1, count * lineHeight)

  useEffect(() => {
    const { current } = box
    if (!current) return
    const sizes = new ResizeObserver(() => setRows(Math.ceil(current.clientHeight / lineHeight) + 2))
    sizes.observe(current)
    return () => sizes.disconnect()
  }, [])

  useEffect(() => {
    let left = false
    const from = Math.max(0, first - rows)
    void Promise.resolve(source.read(from, Math.min(count, first + 2 * rows))).then((lines) => {
      if (!left) setHeld({ from, lines })
    })
    return () => {
      left = true
    }
  }, [source, first, rows, count])

  const shown = Array.from({ length: Math.min(rows, count - first) }, (_, at) => first + at)
  return (
    <section
      ref={box}
      aria-label={t('text')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      className="viewer"
      onScroll={({ currentTarget }) => {
        const line = Math.floor(currentTarget.scrollTop / (lineHeight * scale))
        setFirst(Math.max(0, Math.min(line, count - 1)))
      }}
    >
      <div style={{ height, position: 'relative' }}>
        <pre className="viewer-lines" dir="ltr" style={{ transform: `translateY(${first * lineHeight * scale}px)` }}>
          {shown.map((line) => (
            <div key={line} className="flex" style={{ height: lineHeight }}>
              <span className="viewer-number">{figure(line + 1)}</span>
              <span>
                <SpanLines lines={linesOf((held.lines[line - held.from] ?? '').slice(0, widest))} />
              </span>
            </div>
          ))}
        </pre>
      </div>
    </section>
  )
}
