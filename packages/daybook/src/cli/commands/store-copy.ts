// `daybook store copy`: brings a whole store into another one, of any kind; every link is checked on the way, every head at the end.

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { CopyOptions } from '../../session/copy/contract.ts'
import { mustBeAtRest } from '../at-rest.ts'
import type { Context } from '../context.ts'
import { exits, misuse, Refusal } from '../exits.ts'
import { many } from '../format/time.ts'
import type { Perform } from '../grammar.ts'
import { text } from '../open.ts'
import { atPlace, isThere, type Place, placeText, storeFile, storeUrl } from '../where.ts'

export const perform: Perform = async (context, call) => {
  const { output, host, me } = context
  const given = text(call, 'to')
  if (given === undefined) throw misuse('--to names the store that is written to', `${me} store copy --to …`)
  const from = fromPlace(context, text(call, 'from')) ?? (await context.storePlace())
  const to: Place = { kind: 'store', url: storeUrl(given, host.cwd), by: '--to' }
  if (from.url === to.url) throw misuse(`${placeText(from)} cannot be copied into itself`)
  if (!isThere(from)) throw nothingAt(from)
  await mustBeAtRest(context, to)
  const file = storeFile(to.url)
  if (file !== null) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  await using source = await opened(context, from)
  await using target = await opened(context, to)
  const { copyStore } = await import('../../session/copy/copy.ts')
  const report = await copyStore(source, target, progressOf(context))
  const { entries } = await target.admin.stats()
  if (output.json) output.object({ from: placeText(from), to: placeText(to), ...report, entries })
  else {
    const { written } = report
    const size = `${many(report.sessions, 'session')}, ${many(entries, 'entry', 'entries')}`
    output.line(`${placeText(to)}   ${size}: what the source has`)
    const parts = [many(written.entries, 'entry', 'entries'), many(written.blobs, 'blob'), many(written.marks, 'mark')]
    output.line(`written now: ${parts.join(', ')}`)
    output.hint(`read it all again: ${me} store verify --store ${placeText(to)}`)
  }
  return undefined
}

function fromPlace({ host }: Context, given: string | undefined): Place | null {
  return given === undefined ? null : { kind: 'store', url: storeUrl(given, host.cwd), by: '--from' }
}

function nothingAt(place: Place): Refusal {
  return new Refusal(exits.unreachable, 'unreachable', {
    what: `there is no store at ${placeText(place)}`,
    why: `Named by ${place.by}.`,
  })
}

async function opened({ host }: Context, place: Place) {
  const { openStore } = await host.parts()
  return openStore(place.url).catch((error: unknown) => {
    throw atPlace(place, error)
  })
}

/** Ends with Ctrl-C, and counts where somebody watches. */
function progressOf({ output, host }: Context): CopyOptions {
  let told = 0
  return {
    signal: host.signal,
    onProgress({ entries, of }) {
      const now = host.now()
      if (now - told < 100) return
      told = now
      output.progress(`${many(entries, 'entry', 'entries')} of ${of}`)
    },
  }
}
