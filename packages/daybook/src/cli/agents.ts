// The agents that a word may name: those that can take a turn where the work is done, and programs of this machine that cannot yet.

import { basename, extname } from 'node:path'
import { findProgram, locate } from '../program/find.ts'
import { type ProgramsAt, programsFrom } from '../program/programs.ts'
import { programsFaultText } from '../program/programs-file.ts'
import type { Program } from '../program/resolve.ts'
import { readAddress } from './address.ts'
import type { Backend } from './backend.ts'
import type { Context } from './context.ts'
import { exits, Refusal } from './exits.ts'
import type { Env } from './folders.ts'
import { fromHome } from './format/path.ts'
import { oneLine } from './format/width.ts'
import { nearest } from './grammar.ts'
import type { Runs } from './runs.ts'
import { programsFile } from './where.ts'

export type AgentShape = Awaited<ReturnType<Runs['agents']>>[number]

/** A program that is known and cannot take turns where the work is done. */
export function absentProgram(name: string, description: string): AgentShape {
  const why = 'It is not on this machine, or cannot take prompts yet.'
  return { name, kind: 'program', description, usable: false, why, models: [], handoffs: [], source: null }
}

/** The programs of this machine, as the programs file that counts here has them. */
export function programsHere({ asked }: Pick<Context, 'asked'>): ProgramsAt {
  return programsFrom({ path: programsFile(asked) })
}

/** Where a program of this machine is and what it says of its version; null for what is not there or says nothing. */
export async function hereWith(program: Program, env: Env): Promise<{ path: string | null; version: string | null }> {
  const path = locate(program.bin, env)
  const version = path === null ? null : ((await findProgram(program, env)).version ?? null)
  return { path, version }
}

/** The number alone: what else a program says of its version is for `agent show`. */
export function versionNumber(version: string): string {
  return oneLine(/\d+(?:\.\d+)+(?:\([^\s()]*\)|[^\s,;()])*/.exec(version)?.[0] ?? version)
}

/** Whether the programs of this machine are those that the work is done with. */
export function worksHere({ place }: Backend, env: Env): boolean {
  return place.kind === 'store' || readAddress(env)?.url === place.url
}

/** The agent of that name; a {@link Refusal} that names the nearest, or says what its program is missing. */
export async function agentNamed(context: Context, backend: Backend, name: string): Promise<AgentShape> {
  const agents = await backend.runs.agents()
  const agent = agents.find((each) => each.name === name)
  if (agent === undefined) throw await noAgent(context, backend, name, 'start')
  return agent
}

/** @param verb what the person was typing, in front of the name */
export async function noAgent(context: Context, backend: Backend, name: string, verb: string): Promise<Refusal> {
  const { me, host } = context
  const program = worksHere(backend, host.env) ? programRefused(context, name) : null
  if (program !== null) return program
  const { agents, faults } = await backend.runs.agentList()
  const what = `there is no agent ${name}`
  const fault = faults.find(({ path }) => basename(path, extname(path)) === name)
  if (fault !== undefined) {
    const why = `Its file has a fault: ${oneLine(fault.message)}`
    return new Refusal(exits.notFound, 'not_found', { what, why, next: fromHome(fault.path) })
  }
  const names = agents.map((each) => each.name)
  const near = nearest(name, names)
  return new Refusal(exits.notFound, 'not_found', {
    what,
    why: `There are: ${names.map(oneLine).join(', ')}.`,
    next: near === undefined ? `${me} agent list --all` : `${me} ${verb} ${near}`,
  })
}

/** What keeps the program of that name from taking prompts; null where it is none. */
function programRefused(context: Context, name: string): Refusal | null {
  const at = programsHere(context)
  const { me, host } = context
  const fault = at.fault()
  if (fault !== null) {
    return new Refusal(exits.notFound, 'not_found', {
      what: `there is no agent ${name}`,
      why: `The programs file has a fault. ${at.path}, ${programsFaultText(fault)}`,
      next: `${me} config check`,
    })
  }
  const program = at.current().get(name)
  if (program === undefined) return null
  const missing = locate(program.bin, host.env) === null
  return new Refusal(
    exits.notFound,
    'not_found',
    missing
      ? {
          what: `${name} is not on this machine`,
          why: `No ${program.bin} that may be run is on the PATH.`,
          next: `install it, or name its path as bin in ${at.path}`,
        }
      : {
          what: `${name} cannot take prompts yet`,
          why: `Its drivers are ${program.drivers.join(', ')}.`,
          next: `${me} agent show ${name}`,
        },
  )
}
