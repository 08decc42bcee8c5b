// What a person is told to type so that another agent goes on from a written file.

import type { Resuming } from '../transcripts/writing/contract.ts'

/** A folder of another agent is only ever written by the person who types this. */
export function resumingLines({ place, commands }: Resuming, file = 'FILE'): readonly string[] {
  const typed = commands.map((command) => command.replaceAll('FILE', quoted(file)))
  if (place === null) return [`next     ${typed.join(' && ')}`]
  const folder = `~/${place.slice(0, place.lastIndexOf('/'))}`
  return [`put it   mkdir -p ${folder} && cp ${quoted(file)} ~/${place}`, `next     ${typed.join(' && ')}`]
}

function quoted(file: string): string {
  return /^[\w./~-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`
}
