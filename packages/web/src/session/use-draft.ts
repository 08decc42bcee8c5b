// The text that somebody is writing: on the server within a second, and back on any device.

import { isDaybookError } from 'daybook/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Opened } from './opened.ts'
import { keepUnsentDraft, unsentDraft } from './unsent.ts'

/** Milliseconds without a key before a draft is stored. */
const pause = 500

export interface Draft {
  readonly text: string
  /** Whether the server has it as it is. */
  readonly kept: boolean
  set(text: string): void
}

export function useDraft({ id, marks }: Opened): Draft {
  const [unsent] = useState(() => unsentDraft(id))
  const [text, setText] = useState(unsent ?? marks.now?.draft ?? '')
  const [kept, setKept] = useState(unsent === null)
  const touched = useRef(unsent !== null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const newest = useRef(unsent ?? '')

  useEffect(() => {
    let left = false
    void marks.read().then(
      ({ draft }) => {
        if (!left && !touched.current && draft !== null) setText(draft)
      },
      (error: unknown) => {
        if (!isDaybookError(error)) throw error // the screen says that the server is away
      },
    )
    return () => {
      left = true
    }
  }, [marks])

  const store = useCallback(() => {
    clearTimeout(timer.current)
    timer.current = undefined
    const draft = newest.current
    marks.change({ draft: draft === '' ? null : draft }).then(
      () => {
        if (newest.current !== draft) return
        keepUnsentDraft(id, null)
        setKept(true)
      },
      (error: unknown) => {
        if (!isDaybookError(error)) throw error
        // Not stored is said beside the text; it is tried again until it is, or until there is a newer one.
        timer.current ??= setTimeout(store, 2000)
      },
    )
  }, [id, marks])

  useLeaving(timer, store)
  useEffect(() => {
    if (unsent !== null) store()
  }, [unsent, store])

  const set = useCallback(
    (next: string) => {
      touched.current = true
      newest.current = next
      keepUnsentDraft(id, next)
      setText(next)
      setKept(false)
      clearTimeout(timer.current)
      timer.current = setTimeout(store, pause)
    },
    [id, store],
  )
  return { text, kept, set }
}

/** Whoever leaves within the pause leaves nothing behind. */
function useLeaving(timer: { readonly current: unknown }, store: () => void): void {
  useEffect(() => {
    const leave = (): void => {
      if (timer.current !== undefined) store()
    }
    document.addEventListener('visibilitychange', leave)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      leave()
    }
  }, [timer, store])
}
