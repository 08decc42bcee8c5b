// What git is doing in a folder: a merge or its like that is not finished, files in conflict, somebody else at work.

import { execFile } from 'node:child_process'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DaybookError } from '../schema/errors.ts'
import type { GitKind } from '../schema/states.ts'

export interface GitConflict {
  /** From the top folder of the work tree on, exactly as git has it. */
  readonly path: string
  /** Who did what: UU, AA, DD, AU, UA, DU or UD. */
  readonly code: string
}

export interface GitState {
  /** Null while no branch is checked out. */
  readonly branch: string | null
  /** Somebody is changing the index now. */
  readonly busy: boolean
  readonly conflict: boolean
  /** What is not finished, a bisect beside others. */
  readonly kinds: readonly GitKind[]
  /** More commits will follow when this one is done. */
  readonly more: boolean
  readonly files: readonly GitConflict[]
}

/** Milliseconds. A lock that is older was left behind. */
const lockAgeMs = 10 * 60_000
const gitMs = 15_000

/** The state of the work tree around a folder; null outside of one. `internal` where git fails, `unreachable` where it is not there. */
export async function gitStateOf(folder: string, now: () => number = Date.now): Promise<GitState | null> {
  const asked = await git(folder, ['rev-parse', '--absolute-git-dir', '--is-inside-work-tree'])
  const [, gitDir, inside] = /^(.*)\n(true|false)\n$/s.exec(asked ?? '') ?? []
  if (gitDir === undefined || inside !== 'true') return null
  const [status, marks, lock] = await Promise.all([
    statusOf(folder),
    marksOf(gitDir),
    ageOf(join(gitDir, 'index.lock'), now),
  ])
  const { branch, files } = readStatus(status ?? '')
  const kinds = kindsOf(marks)
  return {
    branch,
    busy: lock !== null && lock < lockAgeMs,
    conflict: files.length > 0,
    kinds: kinds.length === 0 && files.length > 0 ? ['unmerged'] : kinds,
    more: marks.has('sequencer'),
    files,
  }
}

const markNames = [
  ...['rebase-merge', 'rebase-apply/applying', 'rebase-apply', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'],
  ...['BISECT_LOG', 'sequencer'],
] as const
type Mark = (typeof markNames)[number]

async function marksOf(gitDir: string): Promise<ReadonlySet<Mark>> {
  const there = await Promise.all(markNames.map((name) => isThere(join(gitDir, name))))
  return new Set(markNames.filter((_, index) => there[index]))
}

/** The first of these counts: a rebase leaves marks of what it does with each commit. */
const order: readonly (readonly [Mark, GitKind])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
]

function kindsOf(marks: ReadonlySet<Mark>): GitKind[] {
  const first = order.find(([mark]) => marks.has(mark))
  return [...(first ? [first[1]] : []), ...(marks.has('BISECT_LOG') ? (['bisect'] as const) : [])]
}

/** Records end with NUL, so that a path is never quoted. */
function readStatus(text: string): { branch: string | null; files: readonly GitConflict[] } {
  let branch: string | null = null
  const files: GitConflict[] = []
  for (const record of text.split('\0')) {
    const [, head] = /^# branch\.head (.*)$/s.exec(record) ?? []
    if (head !== undefined && head !== '(detached)') branch = head
    // u <XY> <sub> <m1> <m2> <m3> <mW> <h1> <h2> <h3> <path>
    const [, code, path] = /^u (..) (?:\S+ ){8}(.*)$/s.exec(record) ?? []
    if (code !== undefined && path !== undefined) files.push({ path, code })
  }
  return { branch, files }
}

/**
 * Nothing that the repository itself may name is run: whoever may write there, as a program in its sandbox, would be run by
 * daybook. Filters of contents are set to none, submodules are passed over; which files are in conflict needs neither.
 */
async function statusOf(folder: string): Promise<string | null> {
  const filters = (await git(folder, ['config', '--null', '--name-only', '--get-regexp', '^filter\\..*'])) ?? ''
  const off = filters.split('\0').filter((name) => /\.(?:clean|process|required)$/.test(name))
  const options = ['--untracked-files=no', '--ignore-submodules=all']
  return git(folder, ['status', '--porcelain=v2', '--branch', '-z', ...options], [...new Set(off)])
}

/**
 * Of daybook's own variables those that git cannot do without; what is secret, or names another repository, is none of them.
 *
 * @param off settings that are emptied: by variables, for their names may hold anything
 */
function environment(off: readonly string[]): Record<string, string> {
  const { PATH = '', HOME = '', XDG_CONFIG_HOME } = process.env
  const emptied = off.flatMap((key, index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, ''],
  ])
  return {
    ...{ PATH, HOME, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C', GIT_CONFIG_COUNT: String(off.length) },
    ...(XDG_CONFIG_HOME === undefined ? {} : { XDG_CONFIG_HOME }),
    ...Object.fromEntries(emptied),
  }
}

/** Null where there is no repository, or no such setting. No lock is taken, and no hook or pager is run. */
async function git(folder: string, args: readonly string[], off: readonly string[] = []): Promise<string | null> {
  const options = { cwd: folder, env: environment(off), timeout: gitMs, maxBuffer: 64 * 1024 * 1024 }
  try {
    const { stdout } = await promisify(execFile)('git', ['-c', 'core.fsmonitor=false', ...args], options)
    return stdout
  } catch (cause) {
    const { code, stderr = '' } = cause as { code?: unknown; stderr?: string }
    if (code === 128 && stderr.includes('not a git repository')) return null
    if (code === 1 && stderr === '') return null
    if (code === 'ENOENT')
      throw new DaybookError('unreachable', 'git is not on this machine, or the folder is gone', { cause })
    throw new DaybookError('internal', `git failed in ${folder}: ${stderr.split('\n')[0] ?? ''}`, { cause })
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false // read permission aside, only that is asked
  }
}

/** Milliseconds since the file was written; null where there is none. */
async function ageOf(path: string, now: () => number): Promise<number | null> {
  try {
    return now() - (await stat(path)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
