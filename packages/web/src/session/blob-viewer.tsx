// Opens a blob in the viewer: lines are read from the server as they come in sight.

import { isDaybookError } from 'daybook/client'
import { useState } from 'react'
import { openBlobLines } from './blob-lines.ts'
import { usePlace } from './place.ts'
import { say } from './saying.ts'
import { type LineSource, Viewer } from './viewer.tsx'

interface Props {
  readonly blob: string
  readonly title: string
  readonly text: string
}

export function BlobButton({ blob, title, text }: Props) {
  const { session } = usePlace()
  const [source, setSource] = useState<LineSource | null>(null)
  const open = async (): Promise<void> => {
    try {
      setSource(await openBlobLines(session, blob))
    } catch (error) {
      if (!isDaybookError(error)) throw error
      say(error.message, 'failure')
    }
  }
  return (
    <>
      <button type="button" className="more target" onClick={() => void open()}>
        {text}
      </button>
      {source && <Viewer title={title} source={source} onClose={() => setSource(null)} />}
    </>
  )
}
