// The keys of the session screen: they move the focus among rows, never the reader against their will.

import { useNavigate } from '@tanstack/react-router'
import type { SessionShape } from 'daybook/client'
import type { RefObject } from 'react'
import { addressOf } from '../app/addresses.ts'
import { client } from '../live/client.ts'
import { useKey } from '../parts/keys.ts'
import { useForking } from './forking.ts'
import { interrupt } from './interrupt.ts'
import { copyLink } from './links.ts'
import { sayProblem } from './opened.ts'
import { say } from './saying.ts'
import type { Scroller } from './scroller.ts'
import { t } from './words.ts'

interface Given {
  readonly head: SessionShape
  readonly region: RefObject<HTMLElement | null>
  readonly scroller: Scroller | null
  readonly moment: number | null
  readonly onFind: () => void
}

/** What a row has to be like: a turn, or what failed or changed something. */
const turns = '[data-type=message]:has(.said-user)'
const remarkable = '[data-type=edit], [data-type=outcome], :has(.text-fail), :has(.asking)'

export function useSessionKeys({ head, region, scroller, moment, onFind }: Given): void {
  const session = head.session_id
  const navigate = useNavigate()
  const fork = useForking(session)
  const rows = (): HTMLElement[] => [...(region.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const focused = (): HTMLElement | null => document.activeElement?.closest<HTMLElement>('[data-row]') ?? null
  /** From the row with the focus, or from the first in sight. */
  const go = (by: 1 | -1, fits?: string): void => {
    const all = rows()
    const here = focused() ?? inSight(all, by)
    const from = here ? all.indexOf(here) : by > 0 ? -1 : all.length
    const beyond = by > 0 ? all.slice(from + 1) : all.slice(0, Math.max(0, from)).reverse()
    const next = focused() || fits ? beyond.find((row) => fits === undefined || row.matches(fits)) : here
    if (!next) {
      // What is not drawn is not far: the next screen of entries comes with the edge of this one.
      const edge = by > 0 ? all.at(-1) : all[0]
      if (edge) void scroller?.to(Number(by > 0 ? edge.dataset.to : edge.dataset.from), by > 0 ? 0.1 : 0.8)
      return
    }
    next.focus({ preventScroll: true })
    next.scrollIntoView({ block: fits ? 'start' : 'nearest' })
  }
  useKey('down', () => go(1))
  useKey('up', () => go(-1))
  useKey('nextTurn', () => go(1, turns))
  useKey('previousTurn', () => go(-1, turns))
  useKey('nextMark', () => go(1, remarkable))
  useKey('previousMark', () => go(-1, remarkable))
  useKey('end', () => void scroller?.toEnd().catch(sayProblem))
  useKey('findHere', onFind)
  useKey('fork', () => fork(moment ?? seqOf(focused())))
  useKey('copyLink', () => copyLink(session, seqOf(focused()) ?? scroller?.state.top ?? null))
  useKey('approve', () => press(focused(), region.current, 'y'))
  useKey('deny', () => press(focused(), region.current, 'd'))
  useKey('interrupt', () => void interrupt(session))
  useKey('unread', () => {
    const seen = (seqOf(focused()) ?? 1) - 1
    void client
      .session(session)
      .changeMarks(() => ({ seen: seen > 0 ? seen : null }))
      .then(() => say(t('unread')), sayProblem)
  })
  useKey('terminal', () => {
    const open = async (): Promise<void> => {
      const { processes } = await client.session(session).view('processes')
      const process = processes.findLast((each) => each.status === 'running') ?? processes.at(-1)
      if (!process) {
        say(t('noProcess'))
        return
      }
      await navigate({
        to: '/s/$address/p/$process',
        params: { address: addressOf(session), process: process.process_id },
      })
    }
    void open().catch(sayProblem)
  })
}

function seqOf(row: HTMLElement | null): number | null {
  return row ? Number(row.dataset.from) : null
}

function inSight(rows: readonly HTMLElement[], by: 1 | -1): HTMLElement | null {
  const box = rows[0]?.closest('[role=log]')?.getBoundingClientRect()
  if (!box) return null
  const seen = rows.filter((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return bottom > box.top + 8 && top < box.bottom - 8
  })
  return (by > 0 ? seen[0] : seen.at(-1)) ?? null
}

/** The first of two steps, on the row with the focus, or on the only one that asks. */
function press(row: HTMLElement | null, region: HTMLElement | null, key: 'y' | 'd'): boolean {
  const within = row?.querySelector<HTMLElement>(`[data-key="${key}"]`)
  const all = region?.querySelectorAll<HTMLElement>(`[data-key="${key}"]`) ?? []
  const button = within ?? (all.length === 1 ? all[0] : undefined)
  if (!button) return false
  button.click()
  return true
}
