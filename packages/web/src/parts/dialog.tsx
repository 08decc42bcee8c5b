// A dialog of the browser itself: it keeps the focus inside, ends with Escape, and gives the focus back where it was.

import { type ReactNode, useEffect, useRef } from 'react'

interface DialogProps {
  readonly label: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Two columns stand in it. */
  readonly wide?: boolean
}

export function Dialog({ label, onClose, children, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    const dialog = element.current
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    // A click beside it is one more way to close it; Escape is the one of the keyboard.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it
    <dialog
      ref={element}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose()
      }}
      className={`mx-auto mt-[8vh] mb-auto max-h-[84vh] ${wide ? 'w-[min(68rem,calc(100vw-1rem))]' : 'w-[min(42rem,calc(100vw-1rem))]'} flex-col overflow-hidden rounded-box border border-rule bg-sheet p-0 text-ink shadow-lift open:flex`}
    >
      {children}
    </dialog>
  )
}
