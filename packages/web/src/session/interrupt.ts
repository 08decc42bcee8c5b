// Ends what a session is doing.

import { client } from '../live/client.ts'
import { sayProblem } from './opened.ts'
import { say } from './saying.ts'
import { t } from './words.ts'

const open = new Set(['running', 'waiting'])

/** The run under way, which has no parent; what waits behind it begins then. */
export async function interrupt(session: string): Promise<void> {
  try {
    const { runs } = await client.session(session).view('runs')
    const run = runs.findLast((each) => open.has(each.status) && each.parent === undefined)
    if (!run) {
      say(t('nothingRuns'))
      return
    }
    await client.runs.cancel(run.run_id)
    say(t('interrupted'))
  } catch (error) {
    sayProblem(error)
  }
}
