// `daybook store restore`: puts a verified backup in the place of the store, and keeps what was there beside it.

import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { cp, rename } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { confirm } from '../ask.ts'
import { mustBeAtRest } from '../at-rest.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exits, misuse, Refusal } from '../exits.ts'
import type { Perform } from '../grammar.ts'
import { findingLines, progress, sizeOf } from '../verifying.ts'
import { type Place, placeText, storeFile } from '../where.ts'

/** What belongs to a store beside its file: the log of writes, its index, large blobs. */
const beside = ['-wal', '-shm', '-blobs']

export const perform: Perform = async (context, call): Promise<ExitCode | undefined> => {
  const { output, host } = context
  const place = await context.storePlace()
  const target = storeFile(place.url)
  const from = resolve(host.cwd, call.args[0] ?? '')
  if (target === null) throw copyInstead(place, `${context.me} store copy --from ${from} --to '${placeText(place)}'`)
  mustBeBackup(from, target)
  await mustBeAtRest(context, place)
  const there = existsSync(target)
  if (there) await confirm(context, `replace ${target} by ${from}?`)
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
  const fresh = `${target}.restoring`
  remove(fresh)
  let report: Awaited<ReturnType<typeof checked>>
  try {
    report = await checked(context, from, fresh)
    if (!report.healthy) {
      for (const line of findingLines(report.findings)) output.hint(line)
      throw new Refusal(exits.failed, 'damaged', {
        what: `${from} is damaged`,
        why: 'Nothing was replaced.',
        next: 'choose another backup',
      })
    }
  } catch (error) {
    remove(fresh)
    throw error
  }
  const kept = there ? await keep(target, host.now()) : null
  await move(fresh, target)
  if (output.json) output.object({ store: target, kept, sessions: report.sessions, entries: report.entries })
  else {
    output.line(`${target}   ${sizeOf(report)}`)
    if (kept !== null) output.line(`what was there is kept as ${kept}`)
  }
  return undefined
}

function copyInstead(place: Place, next: string): Refusal {
  const why = 'A backup comes back by a copy into an empty place: another schema, prefix or database.'
  return misuse(`${placeText(place)} is no file that a backup could replace`, next, why)
}

function mustBeBackup(from: string, target: string): void {
  if (!existsSync(from) || !statSync(from).isFile()) {
    throw new Refusal(exits.notFound, 'not_found', { what: `${from} is no file`, next: `ls ${dirname(from)}` })
  }
  if (from === target) throw misuse(`${from} is the store itself`)
}

/** A copy of the backup is opened, never the backup: opening may lift an older format. */
async function checked(context: Context, from: string, fresh: string) {
  await cp(from, fresh, { errorOnExist: true, force: false })
  for (const end of beside) if (existsSync(from + end)) await cp(from + end, fresh + end, { recursive: true })
  const { openStore } = await context.host.parts()
  const { verifyStore } = await import('../../session/verify.ts')
  await using store = await openStore(`sqlite:${fresh}`)
  return await verifyStore(store, progress(context))
}

async function keep(target: string, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\..*/, '')
  const kept = `${target}.before-${stamp}`
  if (existsSync(kept))
    throw new Refusal(exits.conflict, 'exists', { what: `${kept} exists`, next: 'repeat it in a second' })
  await move(target, kept)
  return kept
}

/** A store with everything beside it; the file itself last, so that a name never stands for half of one. */
async function move(from: string, to: string): Promise<void> {
  for (const end of beside) if (existsSync(from + end)) await rename(from + end, to + end)
  await rename(from, to)
}

function remove(file: string): void {
  for (const end of ['', ...beside]) rmSync(file + end, { recursive: true, force: true })
}
