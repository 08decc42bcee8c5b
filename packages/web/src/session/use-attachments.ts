// Files beside a text that is being written: put on the server at once, and kept with the draft.

import { isDaybookError } from 'daybook/client'
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { bytes } from '../parts/time.ts'
import { type Attached, mediaType, mostBytes, mostFiles, type Refusal, refusalOf } from './model/attached.ts'
import type { Opened } from './opened.ts'
import { t } from './words.ts'

interface Row {
  readonly id: string
  readonly name: string
  readonly size: number | undefined
  readonly media: string
  /** Null: on its way, or refused. */
  readonly blob: string | null
  readonly problem: string | null
}

export interface Attachments {
  readonly rows: readonly Row[]
  /** Those that are on the server. */
  readonly files: readonly Attached[]
  /** One is still on its way: sending waits for it. */
  readonly busy: boolean
  add(files: Iterable<File>): void
  remove(id: string): void
  /** They were sent: they belong to a message now. */
  clear(): void
}

/** Of rows that have no blob yet. */
let ids = 0

/** Bytes that tell whether a file is a text. */
const looked = 4096

const why = { empty: 'fileEmpty', tooLarge: 'fileTooLarge', tooMany: 'tooManyFiles', noText: 'fileNoText' } as const

function reason(refusal: Refusal, size: number): string {
  return t(why[refusal], { size: bytes(size), most: refusal === 'tooMany' ? mostFiles : bytes(mostBytes) })
}

function rowOf({ blob, name, media_type, size }: Attached): Row {
  return { id: blob, blob, name: name ?? media_type ?? t('file'), media: media_type ?? '', size, problem: null }
}

function fileOf({ blob, name, media, size }: Row): Attached[] {
  if (blob === null) return []
  return [{ blob, name, ...(media === '' ? {} : { media_type: media }), ...(size === undefined ? {} : { size }) }]
}

/** They come back with the draft, and each change of them is kept with it. */
function useKept(
  { marks }: Opened,
  rows: readonly Row[],
  touched: RefObject<boolean>,
  setRows: (rows: readonly Row[]) => void,
): void {
  useEffect(() => {
    let left = false
    void marks.read().then(
      ({ attachments }) => {
        if (!left && !touched.current) setRows(attachments.map(rowOf))
      },
      (error: unknown) => {
        if (!isDaybookError(error)) throw error // the screen says that the server is away
      },
    )
    return () => {
      left = true
    }
  }, [marks, touched, setRows])

  const files = rows.flatMap(fileOf)
  const kept = JSON.stringify(files)
  const keep = useEffectEvent(() => {
    if (!touched.current) return
    // What cannot be kept now goes with the next change of the draft.
    marks.change({ attachments: files }).catch((error: unknown) => {
      if (!isDaybookError(error)) throw error
    })
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of what is on the server is kept
  useEffect(() => keep(), [kept])
}

export function useAttachments(opened: Opened): Attachments {
  const { id: session, marks } = opened
  const [rows, setRows] = useState<readonly Row[]>(() => (marks.now?.attachments ?? []).map(rowOf))
  const touched = useRef(false)

  useKept(opened, rows, touched, setRows)
  const files = rows.flatMap(fileOf)
  const change = (row: Row): void => setRows((now) => now.map((each) => (each.id === row.id ? row : each)))
  const put = async (file: File, row: Row): Promise<void> => {
    try {
      const media = mediaType(file.type, new Uint8Array(await file.slice(0, looked).arrayBuffer()))
      if (media === null) return change({ ...row, problem: reason('noText', file.size) })
      const { blob } = await client.session(session).putBlob(file)
      change({ ...row, media, blob })
    } catch (error) {
      const told = isDaybookError(error) || error instanceof DOMException
      if (!told) throw error
      change({ ...row, problem: error.message })
    }
  }
  return {
    rows,
    files,
    busy: rows.some(({ blob, problem }) => blob === null && problem === null),
    add(given) {
      touched.current = true
      let before = files.length
      const fresh = [...given].map((file) => {
        const refusal = refusalOf(file, before)
        if (refusal === null) before += 1
        const problem = refusal && reason(refusal, file.size)
        const name = file.name || t('file')
        ids += 1
        return { file, row: { id: String(ids), name, size: file.size, media: file.type, blob: null, problem } }
      })
      setRows((now) => [...now, ...fresh.map(({ row }) => row)])
      for (const { file, row } of fresh) if (row.problem === null) void put(file, row)
    },
    remove(id) {
      touched.current = true
      setRows((now) => now.filter((each) => each.id !== id))
    },
    clear() {
      touched.current = true
      setRows([])
    },
  }
}
