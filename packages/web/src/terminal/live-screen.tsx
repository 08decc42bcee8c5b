// The live screen of a process, drawn by an emulator; loaded only when somebody looks at one.

import { FitAddon } from '@xterm/addon-fit'
import { type ITheme, Terminal } from '@xterm/xterm'
import { type AttachFrame, type Attachment, isDaybookError } from 'daybook/client'
import { useEffect, useRef, useState } from 'react'
import { nextRegion } from '../app/regions.ts'
import { say } from '../session/saying.ts'
import { t } from '../session/words.ts'
import { KeyBar } from './key-bar.tsx'
import { keyText, type ScreenKey } from './key-bytes.ts'
import { processes } from './processes.ts'
import { withStyleSheets } from './style-sheets.ts'
import '@xterm/xterm/css/xterm.css'

interface Props {
  readonly session: string
  readonly process: string
  /** Keys go to the process, and its screen takes this one's size. */
  readonly typing: boolean
  readonly onLeave: () => void
}

export function LiveScreen({ session, process, typing, onLeave }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const types = useRef(typing)
  const leave = useRef(onLeave)
  const [shown, setShown] = useState<Shown | null>(null)
  const [lost, setLost] = useState(false)
  leave.current = onLeave

  useEffect(() => {
    if (!box.current) return
    const made = open(box.current, { session, process, types, leave, onLost: setLost })
    setShown(made)
    return made.close
  }, [session, process])

  useEffect(() => {
    types.current = typing
    if (!shown || !typing) return
    shown.fit()
    shown.terminal.focus()
    const sizes = new ResizeObserver(shown.fit)
    if (box.current) sizes.observe(box.current)
    return () => sizes.disconnect()
  }, [typing, shown])

  return (
    <>
      {lost && <p className="bg-need-well px-4 py-1 text-small text-need">{t('lostConnection')}</p>}
      <section ref={box} aria-label={t('terminal')} className="live-screen" data-region />
      {typing && shown && <KeyBar onPress={shown.press} />}
    </>
  )
}

interface Shown {
  readonly terminal: Terminal
  fit(): void
  press(key: ScreenKey): void
  close(): void
}

interface Setting {
  readonly session: string
  readonly process: string
  readonly types: { readonly current: boolean }
  readonly leave: { readonly current: () => void }
  readonly onLost: (lost: boolean) => void
}

function open(box: HTMLElement, { session, process, types, leave, onLost }: Setting): Shown {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(box).fontFamily,
    fontSize: 13,
    screenReaderMode: true,
    theme: themeOf(box),
    cursorBlink: false,
    scrollback: 5000,
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  withStyleSheets(() => terminal.open(box))
  const attachment = processes.attach(session, process)
  const encoder = new TextEncoder()
  terminal.onData((text) => {
    if (types.current) attachment.type(encoder.encode(text))
  })
  let prefixed = false
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== 'keydown') return true
    const leaves = prefixed && event.key === 'd'
    prefixed = event.ctrlKey && event.key === '\\'
    if (event.key === 'F6') nextRegion(event.shiftKey ? -1 : 1)
    if (event.key === 'F6' || leaves) {
      leave.current()
      if (leaves) terminal.blur()
      event.preventDefault()
      return false
    }
    return !prefixed
  })
  void follow(attachment, terminal, onLost)
  return {
    terminal,
    fit() {
      fitting.fit()
      attachment.resize(terminal.cols, terminal.rows)
    },
    press(key) {
      terminal.input(keyText(key, terminal.modes.applicationCursorKeysMode))
    },
    close() {
      attachment.close()
      terminal.dispose()
    },
  }
}

async function follow(attachment: Attachment, terminal: Terminal, onLost: (lost: boolean) => void): Promise<void> {
  try {
    for await (const frame of attachment) {
      onLost(frame.type === 'lost')
      show(frame, terminal)
    }
  } catch (error) {
    if (!isDaybookError(error)) throw error
    say(error.message, 'failure')
  }
}

function show(frame: AttachFrame, terminal: Terminal): void {
  switch (frame.type) {
    case 'snapshot':
      terminal.reset()
      terminal.resize(frame.cols, frame.rows)
      terminal.write(frame.ansi)
      break
    case 'output':
      terminal.write(frame.bytes)
      break
    case 'resized':
      terminal.resize(frame.cols, frame.rows)
      break
    case 'exit':
      say(t('exitedWith', { how: String(frame.signal ?? frame.exit_code ?? '?') }))
      break
    case 'error':
      say(frame.detail, 'failure')
      break
    case 'gap':
    case 'lost':
    case 'resumed':
      break
  }
}

/** The colours of the page, so that a terminal is part of it in both themes. */
function themeOf(box: HTMLElement): ITheme {
  const style = getComputedStyle(box)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const
  const plain = names.map((name, at) => [name, colour(`--ansi-${at}`)])
  const bright = names.map((name, at) => [
    `bright${name[0]?.toUpperCase()}${name.slice(1)}`,
    colour(`--ansi-${at + 8}`),
  ])
  return {
    ...Object.fromEntries([...plain, ...bright]),
    background: colour('--sheet'),
    foreground: colour('--ink'),
    cursor: colour('--link'),
    selectionBackground: colour('--chosen'),
  }
}
