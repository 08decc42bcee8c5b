// How teams work together. Every mode is made of one thing: asking a member, which is a child run in the log.

import type { TeamMode, TeamTurn } from './contract.ts'
import * as words from './words.ts'

type Mode = (turn: TeamTurn) => Promise<string>

/** The one that fits: as the lead says, else by the words of the descriptions. The next one where it fails. */
async function route({ team, input, ask, fitting }: TeamTurn): Promise<string> {
  const byWords = await fitting()
  const choice = team.lead === undefined ? null : await ask(team.lead, words.choosing(team, input))
  const chosen = choice && 'text' in choice ? words.membersIn(choice.text, team.members) : []
  const parts = []
  for (const member of [...new Set([...chosen, ...byWords])]) {
    const part = await ask(member, input)
    if ('text' in part) return part.text
    parts.push(part)
  }
  throw words.nobody(parts)
}

/** All at once; the lead makes one answer of them. Without a lead they stand one below the other. */
async function broadcast({ team, input, ask }: TeamTurn): Promise<string> {
  const parts = await Promise.all(team.members.map((member) => ask(member, input)))
  if (!parts.some((part) => 'text' in part)) throw words.nobody(parts)
  if (team.lead === undefined) return words.oneBelowTheOther(parts)
  const merged = await ask(team.lead, words.merging(team, input, parts))
  // What the members said is not lost with who was to merge it.
  return 'text' in merged ? merged.text : words.oneBelowTheOther([...parts, merged])
}

/** The lead gives parts of the work away, several at once, until its reply gives none: that is the answer. */
async function lead({ team, input, ask, hasRoom }: TeamTurn): Promise<string> {
  const told: string[] = []
  for (let round = 1; ; round += 1) {
    const last = round > team.limits.rounds || !(await hasRoom())
    const reply = await ask(team.lead ?? '', words.leading(team, input, told, last))
    if ('failure' in reply) throw words.nobody([reply])
    const given = last ? [] : words.givenIn(reply.text, team.members)
    if (given.length === 0) return reply.text
    const parts = await Promise.all(given.map(({ member, text }) => ask(member, text)))
    told.push(...parts.map((part, at) => words.reported(part, given[at]?.text ?? '')))
  }
}

/** One after the other, each from the answer of the one before, until nobody changes it any more. */
async function handRound({ team, input, ask, hasRoom }: TeamTurn): Promise<string> {
  let answer: string | null = null
  const failed = []
  for (let round = 1; round <= team.limits.rounds && (answer === null || (await hasRoom())); round += 1) {
    let changed = false
    for (const member of team.members) {
      const part = await ask(member, answer === null ? input : words.handing(input, answer))
      if ('failure' in part) failed.push(part)
      else if (!words.isAsItIs(part.text)) {
        changed ||= part.text !== answer
        answer = part.text
      }
    }
    if (!changed) break
  }
  if (answer === null) throw words.nobody(failed)
  return answer
}

export const modes: Readonly<Record<TeamMode, Mode>> = { route, broadcast, lead, 'hand-round': handRound }
