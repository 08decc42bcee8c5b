// 500 approvals, each decided by two processes at once: one decision counts, the other one is refused, and it is followed.

import type { DataOf } from '../../../packages/daybook/src/schema/kinds.ts'
import type { Round } from './boundaries.ts'
import { type Asked, type RunsPlace, until } from './place.ts'
import { counts, settle } from './settle.ts'
import type { Answer, Worker } from './worker.ts'

const many = 500
/** Decisions that one process has under way. */
const together = 25

interface Open extends Asked {
  readonly approval: string
  readonly digest: string
}

type Verdict = 'approved' | 'denied'

export async function approvals({ place, random, counter }: Round): Promise<void> {
  const workers = (await place.workers(2)) as [Worker, Worker]
  const asked: Asked[] = []
  for (let from = 0; from < many; from += together) {
    const some = Array.from({ length: together }, (_, index) => {
      const worker = workers[index % 2] as Worker
      return place.start(() => worker, `approval-${from + index}`, 'risky', from + index)
    })
    asked.push(...(await Promise.all(some)))
  }
  const open: Open[] = []
  for (const one of asked) open.push(await waiting(place, one))
  const verdicts = workers.map(
    () => new Map(open.map(({ run }) => [run, random.pick<Verdict>(['approved', 'denied'])])),
  )
  const answers = await Promise.all(workers.map((worker, index) => decideAll(worker, open, verdicts[index])))
  counter.add(counts.decided, open.length)
  for (const one of open) {
    const codes = answers.map((given) => given.get(one.run)?.code)
    const winner = codes.indexOf('')
    if (
      codes.filter((code) => code === '').length !== 1 ||
      codes.filter((code) => code === 'invalid_state').length !== 1
    ) {
      place.problems.push(`${one.run} was decided with ${JSON.stringify(codes)}`)
      continue
    }
    counter.add(counts.lateDecisions)
    await place.over([one])
    await followed(place, one, verdicts[winner]?.get(one.run))
  }
  const approved = open.filter(({ run }) =>
    answers.some((given, at) => given.get(run)?.code === '' && verdicts[at]?.get(run) === 'approved'),
  )
  const settled = await settle(place, approved, counter)
  for (const { asked, ended } of settled)
    if (ended !== 'done') place.problems.push(`${asked.run} was approved and not done`)
  const others = place.effects().filter(({ run }) => !approved.some((one) => one.run === run))
  if (others.length > 0) place.problems.push(`${others.length} effects that nobody approved`)
}

async function waiting(place: RunsPlace, asked: Asked): Promise<Open> {
  let request: DataOf<'approval.requested'> | undefined
  await until(`${asked.run} waits`, async () => {
    const found = (await place.log(asked)).find(({ kind }) => kind === 'approval.requested')
    request = found?.data as DataOf<'approval.requested'> | undefined
    return request !== undefined
  })
  return { ...asked, approval: request?.approval_id ?? '', digest: request?.digest ?? '' }
}

async function decideAll(
  worker: Worker,
  open: readonly Open[],
  verdicts: ReadonlyMap<string, Verdict> | undefined,
): Promise<ReadonlyMap<string, Answer>> {
  const given = new Map<string, Answer>()
  const left = [...open]
  const one = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { run, approval, digest } = next
      const decision = verdicts?.get(run) ?? 'approved'
      const answer = await worker.ask({ t: 'decide', id: `decide-${run}`, run, approval, decision, digest })
      if (answer) given.set(run, answer)
    }
  }
  await Promise.all(Array.from({ length: together }, one))
  return given
}

/** The log has the decision that won, once, and the run ended as it says. */
async function followed(place: RunsPlace, one: Open, verdict: Verdict | undefined): Promise<void> {
  const log = await place.log(one)
  const decided = log.filter(({ kind }) => kind === 'approval.decided')
  const [decision] = decided.map(({ data }) => (data as DataOf<'approval.decided'>).decision)
  if (decided.length !== 1 || decision !== verdict) {
    place.problems.push(`${one.run}: ${decided.length} decisions, ${decision} instead of ${verdict}`)
  }
  const end = log.at(-1)?.data as DataOf<'run.finished'> | null
  const right = verdict === 'approved' ? end?.status === 'done' : end?.reason === 'denied'
  if (!right) place.problems.push(`${one.run}, ${verdict}, ended with ${JSON.stringify(end)}`)
}
