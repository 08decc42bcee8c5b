// `daybook pin`: keeps a session at hand (a mark of the person), or a file in a session (an entry of its log).

import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDaybookError } from '../../schema/errors.ts'
import type { MarkShape, SessionShape } from '../../schema/wire-shapes.ts'
import type { BackendSession } from '../backend.ts'
import { pathInside } from '../branch.ts'
import type { Context } from '../context.ts'
import type { Perform } from '../grammar.ts'
import { pick } from '../pick.ts'

export const perform: Perform = async (context, call) => {
  const on = call.options.off !== true
  const [first, second] = call.args
  const alone = second === undefined && first !== undefined && isFile(context, first)
  const { session } = await pick(context, alone ? undefined : first)
  const file = alone ? first : second
  const remote = (await context.backend()).session(session.session_id)
  if (file === undefined) await pinSession(context, remote, session, on)
  else await pinFile(context, remote, session, file, on)
  return undefined
}

/** A word with a slash, or a file that is there; a session of the same name is typed by its tail. */
function isFile(context: Context, word: string): boolean {
  if (/^https?:\/\//.test(word)) return false
  if (word.includes('/')) return true
  const path = resolve(context.host.cwd, word)
  return existsSync(path) && statSync(path).isFile()
}

async function pinSession(context: Context, remote: BackendSession, session: SessionShape, on: boolean): Promise<void> {
  const mark = await changeMark(remote, on)
  const { output, me } = context
  if (output.json) return output.object(mark)
  output.line(`${session.tail} is ${on ? 'pinned' : 'no longer pinned'}`)
  if (on) output.hint(`undo: ${me} pin ${session.tail} --off`)
}

/** Keeps what else is marked; another writer in between is read again. */
async function changeMark(remote: BackendSession, on: boolean): Promise<MarkShape> {
  for (let tried = 1; ; tried += 1) {
    const { version, seen, draft, attachments } = await remote.marks()
    const kept = { ...(seen === null ? {} : { seen }), ...(draft === null ? {} : { draft }), attachments }
    try {
      return await remote.setMarks({ version, ...kept, ...(on ? { pinned: true } : {}) })
    } catch (error) {
      if (!isDaybookError(error) || error.code !== 'conflict' || tried >= 5) throw error
    }
  }
}

async function pinFile(
  context: Context,
  remote: BackendSession,
  session: SessionShape,
  file: string,
  on: boolean,
): Promise<void> {
  const { output, host } = context
  const path = pathInside(await context.branch(), host.cwd, file)
  const receipt = await remote.append({ kind: 'pin', data: { path, on } })
  if (output.json) return output.object(receipt)
  output.line(`${path} is ${on ? 'pinned' : 'no longer pinned'} in ${session.tail}   stored #${receipt.last}`)
}
