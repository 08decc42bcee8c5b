// Going through the rows of a screen by keys: the focus moves, and Enter opens as it does for every link.

import { useKey } from '../parts/keys.ts'

function step(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row], main [data-request]')]
  if (rows.length === 0) return false
  const here = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return true
}

export function useRowKeys(): void {
  useKey('down', () => step(1))
  useKey('up', () => step(-1))
}
