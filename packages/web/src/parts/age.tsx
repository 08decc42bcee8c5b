// How long ago something was: short in the line, in full for whoever points at it or hears it.

import { duration, fullTime } from './time.ts'
import { useNow } from './use-now.ts'

export function Age({ at, className = '' }: { at: string; className?: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={fullTime(at)} className={`figures whitespace-nowrap ${className}`}>
      {duration(now - Date.parse(at))}
    </time>
  )
}
