// Says when what is shown may not be what is; nothing while it is live.

import type { Connection, ConnectionState } from 'daybook/client'
import { CloudOff, Loader, type LucideIcon, RefreshCw, ShieldX, Trash2, Unplug } from 'lucide-react'
import { useEffect, useState } from 'react'
import { t } from '../i18n/base.ts'
import { useConnection } from '../live/live.ts'
import { duration } from '../parts/time.ts'
import { useNow } from '../parts/use-now.ts'

type Away = Exclude<ConnectionState, 'live'>

const looks: Readonly<Record<Away, { readonly icon: LucideIcon; readonly tone: string }>> = {
  catching_up: { icon: Loader, tone: 'bg-run-well text-run' },
  restarted: { icon: RefreshCw, tone: 'bg-run-well text-run' },
  reconnecting: { icon: Unplug, tone: 'bg-need-well text-need' },
  offline: { icon: CloudOff, tone: 'bg-need-well text-need' },
  no_access: { icon: ShieldX, tone: 'bg-fail-well text-fail' },
  deleted: { icon: Trash2, tone: 'bg-fail-well text-fail' },
}

/** Milliseconds that catching up may take before it is said: a start is no news. */
const patience = 800

function textOf(connection: Connection, now: number): string {
  const { state } = connection
  if (state === 'catching_up' && connection.count === 0) return t('connection_reading')
  if (state !== 'reconnecting' && state !== 'offline') {
    return t(`connection_${state}`, { n: 'count' in connection ? connection.count : 0 })
  }
  if (connection.since === 0) return t(`connection_${state}`)
  return t(`connection_${state}_since`, { time: duration(now - connection.since) })
}

export function ConnectionLine() {
  const connection = useConnection()
  const now = useNow()
  const { state } = connection
  const calm = state === 'catching_up'
  const [late, setLate] = useState(false)
  useEffect(() => {
    setLate(false)
    if (!calm) return
    const timer = setTimeout(() => setLate(true), patience)
    return () => clearTimeout(timer)
  }, [calm])
  // The place is always there, so that what comes into it is heard.
  if (state === 'live' || (calm && !late)) return <div role="status" data-connection={state} />
  const { icon: Icon, tone } = looks[state]
  return (
    <div
      role="status"
      data-connection={state}
      className={`flex items-center justify-center gap-2 px-4 py-1 text-body ${tone}`}
    >
      <Icon aria-hidden size={15} />
      {textOf(connection, now)}
    </div>
  )
}
