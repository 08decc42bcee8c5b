// Which view is made by what, and the head that a view is read at.

import { DaybookError } from '../../schema/errors.ts'
import type { Cell, Head } from '../../schema/heads.ts'
import type { Seq } from '../../schema/ids.ts'
import type { ScopedStore } from '../../store/store.ts'
import { foldAt } from '../refold.ts'
import type { SessionHandle } from '../session.ts'
import { agentsView } from './agents.ts'
import type { ViewName, ViewOf, ViewOptions, Views } from './contract.ts'
import { filesView } from './files.ts'
import { historyView } from './history.ts'
import { metricsView } from './metrics.ts'
import { notesView } from './notes.ts'
import { processesView } from './processes.ts'
import { runsView } from './runs.ts'

/** A session at one moment. */
export interface Moment {
  readonly store: ScopedStore
  readonly head: Head
  readonly cell: Cell
}

const makers: { readonly [N in ViewName]: (moment: Moment, options: ViewOptions) => Promise<Views[N]> } = {
  history: historyView,
  agents: agentsView,
  runs: runsView,
  processes: processesView,
  files: filesView,
  notes: notesView,
  metrics: metricsView,
}

/** The view as of `until`, or of now. `invalid` for a moment that the session has not reached. */
export async function viewOf<N extends ViewName>(
  session: SessionHandle,
  name: N,
  options: ViewOptions,
): Promise<ViewOf<N>> {
  return makers[name](await momentOf(session, options.until), options)
}

async function momentOf(session: SessionHandle, until: Seq | undefined): Promise<Moment> {
  const { store } = session
  const head = await session.head()
  if (until === undefined || until === head.seq) {
    const cell = await session.cell()
    // Head and cell of one moment: what was written, or erased in a base, between the two reads would be half there.
    const { hash, refolds } = await session.head()
    if (hash === head.hash && refolds === head.refolds) return { store, head, cell }
    return momentAt(session, head.seq)
  }
  if (!Number.isSafeInteger(until) || until < 1 || until > head.seq) {
    throw new DaybookError('invalid', `there is no entry ${until}`, { field: 'until' })
  }
  return momentAt(session, until)
}

async function momentAt(session: SessionHandle, seq: Seq): Promise<Moment> {
  const whole = session.engine.writer.whole(session.scope.tenant)
  return { store: session.store, ...(await foldAt(whole, session.id, seq)) }
}
