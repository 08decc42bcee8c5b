// Performing an undo: the skill that ran takes back what its call did.

import type { Json } from '../schema/json.ts'
import { entryOf } from './entry.ts'
import { RunFailure, recordOf } from './failure.ts'
import { readJournal } from './journal.ts'
import type { Performer } from './performer.ts'
import type { RunLog } from './run-log.ts'
import { contextOf } from './skill-performer.ts'
import type { Skills } from './skills/contract.ts'

/** @param of the run that is undone, whose `run.queued` has this seq */
export function undoPerformer(skills: Skills, log: RunLog, of: string, seq: number): Performer {
  return {
    async perform(turn) {
      const done = (await readJournal(turn.session, seq, Number.MAX_SAFE_INTEGER)).get(of)
      const skill = skills.get(done?.queued.skill ?? '')
      const { undo } = skill ?? {}
      if (!done || !skill || !undo) throw new RunFailure('error', `nothing knows how to undo ${of}`, 'not_found')
      const [step, record] = [...done.steps].find(([, { name }]) => name === skill.id) ?? [of, undefined]
      const call = { input: (record?.input ?? done.queued.input ?? null) as Json, output: done.ended?.output ?? null }
      log.write(entryOf('step.undo_started', turn.run, { of, step, name: skill.id }))
      try {
        await turn.step('undo', (attempt) => undo(call, contextOf(turn, attempt, false)).then(() => null), {
          idempotent: true,
          input: { of, step },
        })
      } catch (error) {
        log.write(entryOf('step.undone', turn.run, { of, step, error: recordOf(error) }))
        throw error
      }
      log.write(entryOf('step.undone', turn.run, { of, step }))
      return { undone: of, skill: skill.id }
    },
  }
}
