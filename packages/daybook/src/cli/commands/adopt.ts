// `daybook adopt`: copies the sessions of other agents in, after a person said yes, and lets a server follow new turns.

import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { adopt, findAll } from '../../transcripts/adopt.ts'
import { dueText, leftIn } from '../../transcripts/around.ts'
import type { FoundFile, Places, TranscriptReader } from '../../transcripts/contract.ts'
import type { AdoptReport } from '../../transcripts/contract-adopt.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exits, misuse } from '../exits.ts'
import { ago, bytes, count, lasting, many } from '../format/time.ts'
import type { Call, Perform } from '../grammar.ts'
import { text } from '../open.ts'
import type { Adopting } from '../parts.ts'
import { placeText } from '../where.ts'

export const perform: Perform = async (context, call) => {
  const adopting = await (await context.host.parts()).openAdopting()
  const readers = chosen(context, adopting.readers, call.args)
  if (call.options.off === true) return stopFollowing(context, call.args, adopting)
  const passedOver: string[] = []
  const places = placesOf(context, call, (path) => passedOver.push(path))
  const files = await findAll({ readers, places })
  if (call.options['dry-run'] === true || files.length === 0) {
    await tellFound(context, readers, files)
    tellPassedOver(context, passedOver)
    return undefined
  }
  if (!context.output.json) await tellFound(context, readers, files)
  await confirm(context, `read ${many(files.length, 'file')} and copy what is in them, secrets masked?`)
  const report = await adoptAll(context, call, { ...adopting, readers }, files)
  tellPassedOver(context, passedOver)
  return report.problems.length > 0 ? exits.failed : undefined
}

function chosen(context: Context, readers: readonly TranscriptReader[], names: readonly string[]) {
  const unknown = names.find((name) => !readers.some(({ agent }) => agent === name))
  if (unknown !== undefined) {
    const known = readers.map(({ agent }) => agent).join(' ')
    throw misuse(`there is no reader for ${unknown}`, `${context.me} adopt codex`, `It reads ${known}.`)
  }
  return names.length === 0 ? readers : readers.filter(({ agent }) => names.includes(agent))
}

function placesOf({ host }: Context, call: Call, told: (path: string) => void): Places {
  const file = text(call, 'export')
  return {
    home: host.env.HOME ?? homedir(),
    env: host.env,
    ...(file === undefined ? undefined : { files: [resolve(host.cwd, file)] }),
    onPassedOver: told,
  }
}

/** Names, sizes and dates: nothing was opened for this. */
async function tellFound(
  { output, host }: Context,
  readers: readonly TranscriptReader[],
  files: readonly FoundFile[],
): Promise<void> {
  const own = (reader: TranscriptReader) => files.filter(({ agent }) => agent === reader.agent)
  const counted = await Promise.all(readers.map((reader) => leftIn(own(reader), reader, host.now())))
  const rows = counted.filter((row) => row !== null)
  if (output.json) for (const row of rows) output.object({ ...row, newest: new Date(row.newest).toISOString() })
  else if (rows.length === 0) output.line('no sessions of other agents here')
  else {
    output.table(
      rows.map((row) => [
        row.title,
        many(row.files, 'file'),
        bytes(row.bytes),
        `newest ${ago(row.newest, host.now())}`,
        dueText(row),
      ]),
      { columns: [{}, { right: true }, { right: true }] },
    )
  }
}

function tellPassedOver({ output }: Context, paths: readonly string[]): void {
  if (paths.length === 0) return
  output.hint(`passed over ${many(paths.length, 'link or closed folder', 'links or closed folders')}: ${paths[0]}`)
}

async function adoptAll(
  context: Context,
  call: Call,
  adopting: Adopting,
  files: readonly FoundFile[],
): Promise<AdoptReport> {
  const { host, output } = context
  const { sessions, place } = await context.store({ create: true })
  const { localScope } = await host.parts()
  const { readers, adopter, threads } = adopting
  const mine = sessions.within(localScope, adopter)
  const folder = text(call, 'folder')
  const known = new Set(files.map(({ agent, path }) => `${agent} ${path}`))
  const started = host.now()
  const report = await adopt({
    readers,
    places: placesOf(context, call, () => undefined),
    sessions: mine,
    threads,
    // What appears while this runs was not what the person said yes to.
    accept: ({ agent, path }) => known.has(`${agent} ${path}`),
    ...(folder === undefined ? undefined : { folder: resolve(host.cwd, folder) }),
    signal: host.signal,
    onProgress: (done) =>
      output.progress(`reading  ${count(done.filesDone)} of ${count(done.files)}   ${bytes(done.bytesDone)}`),
  })
  const follows = call.options.once !== true && folder === undefined
  if (follows) {
    await adopting.follow(
      mine,
      readers.map(({ agent }) => agent),
    )
  }
  if (output.json) output.object(report)
  else tellReport(context, report, host.now() - started, follows)
  output.hint(`store ${placeText(place)}`)
  return report
}

function tellReport({ output, me }: Context, report: AdoptReport, took: number, follows: boolean): void {
  const { added, grown, unchanged, messages, calls, repositories, branches, masked, partial, foreign } = report
  const row = (name: string, words: readonly (string | false)[]) =>
    output.line(`${name.padEnd(10)}${words.filter((word) => word !== false).join(' · ')}`)
  row('read', [`${many(report.files, 'file')}, ${bytes(report.bytesRead)} of ${bytes(report.bytes)}, ${lasting(took)}`])
  row('sessions', [`${count(added)} new`, `${count(grown)} grown`, `${count(unchanged)} as they were`])
  row('kept', [
    many(messages, 'message'),
    many(calls, 'tool call'),
    repositories.length > 0 && many(repositories.length, 'repository', 'repositories'),
    branches.length > 0 && many(branches.length, 'branch', 'branches'),
    foreign > 0 && `${many(foreign, 'record')} kept as they are`,
  ])
  const secrets = masked.reduce((sum, one) => sum + one.count, 0)
  if (secrets > 0)
    row('masked', [`${many(secrets, 'secret')} (${masked.map((one) => `${one.count} ${one.shape}`).join(', ')})`])
  if (partial.length > 0) row('partial', [`${many(partial.length, 'file')} end in mid-line: adopted up to there`])
  if (report.leftAlone.length > 0)
    row('left', [
      `${many(report.leftAlone.length, 'session')} that you deleted, erased from or put into the trash here`,
    ])
  if (report.ours.length > 0)
    row('own', [`${many(report.ours.length, 'file')} that daybook wrote and nobody went on with`])
  for (const { name, message } of report.problems) row('problem', [name, message])
  if (follows) output.hint(`a server follows new turns of these agents from now on   stop: ${me} adopt --off`)
  if (messages > 0) output.hint(`try: ${me} find "…"`)
}

async function stopFollowing(context: Context, names: readonly string[], { wantedIn }: Adopting): Promise<undefined> {
  const { mine } = await context.store()
  const now = wantedIn(await mine.state('user')) || []
  const left = names.length === 0 ? [] : now.filter((agent) => !names.includes(agent))
  await mine.setState('user', { adopting: { agents: left } })
  if (context.output.json) context.output.object({ following: left })
  else
    context.output.line(
      left.length === 0 ? 'no agent is followed; what was adopted stays' : `still followed: ${left.join(' ')}`,
    )
  return undefined
}
