// The git branch of a folder, and how it is written as a ref.

import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { exits, Refusal } from './exits.ts'

export interface Branch {
  /** Folder of the repository's main work tree: the same for all its work trees. */
  readonly repository: string
  /** Folder of this work tree. */
  readonly top: string
  /** Null where no branch is checked out. */
  readonly name: string | null
}

/** The repository and branch around `folder`; null outside of any, or without git. */
export async function branchOf(folder: string): Promise<Branch | null> {
  const git = promisify(execFile)
  const ask = async (...args: string[]): Promise<string | null> => {
    try {
      const { stdout } = await git('git', ['-C', folder, ...args], { encoding: 'utf8' })
      return stdout.replace(/\n$/, '')
    } catch {
      return null // outside of a repository, without a branch, or without git: all mean "not known"
    }
  }
  const common = await ask('rev-parse', '--git-common-dir')
  const top = await ask('rev-parse', '--show-toplevel')
  if (common === null || top === null) return null
  const name = await ask('symbolic-ref', '--quiet', '--short', 'HEAD')
  return { repository: dirname(realpathSync(resolve(folder, common))), top: realpathSync(top), name }
}

/** Value of the ref of type `branch`. */
export function branchValue({ repository, name }: Branch): string {
  if (name === null) {
    throw new Refusal(exits.notFound, 'not_found', {
      what: 'no branch is checked out here',
      why: 'HEAD is detached, so there is no session of this branch.',
      next: 'name a session: daybook show <session>',
    })
  }
  return `${repository}:${name}`
}

/** The labels that a ref's value stands for. Folders may hold a colon, names of branches never do. */
export function splitBranch(value: string): { readonly repository: string; readonly branch: string } {
  const at = value.lastIndexOf(':')
  return { repository: value.slice(0, at), branch: value.slice(at + 1) }
}

/** A file as the session keeps it: from the top of the work tree, else as it was typed. */
export function pathInside(branch: Branch | null, cwd: string, file: string): string {
  if (branch === null) return file
  const inside = relative(branch.top, resolve(realpathSync(cwd), file))
  return inside === '' || inside.startsWith('..') ? file : inside.split(sep).join('/')
}
