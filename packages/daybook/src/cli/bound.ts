// The session of this branch, for commands that go on without one.

import type { SessionShape } from '../schema/wire-shapes.ts'
import { branchValue } from './branch.ts'
import type { Context } from './context.ts'

/** Null outside of a repository, without a branch, and where no session is bound to it. */
export async function boundSession(context: Pick<Context, 'backend' | 'branch'>): Promise<SessionShape | null> {
  const branch = await context.branch()
  if (branch === null || branch.name === null) return null
  return (await context.backend()).locate('branch', branchValue(branch))
}
