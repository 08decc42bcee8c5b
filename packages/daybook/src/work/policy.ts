// Which steps wait for a person: those of high risk, and those that whoever runs the engine names.

import type { StepOptions } from './contract.ts'

/** Steps that need an approval though their own definition asks for none. */
export interface ApprovalPolicy {
  /** Ids of skills, or names of steps in durable skills and agents; `*` at the end stands for any ending. */
  readonly steps: readonly string[]
  /** Subjects that may approve; default: the owner of the session. */
  readonly deciders?: readonly string[]
  /** Milliseconds such an approval stays open; default 24 hours. */
  readonly approvalMs?: number
}

/** The options of a step of this name, with what the policy asks for: `high` where it has to wait. */
export function guarded(policy: ApprovalPolicy | undefined, name: string, options: StepOptions): StepOptions {
  if (!policy?.steps.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name)))
    return options
  const { deciders, approvalMs } = policy
  return {
    ...(deciders ? { deciders } : undefined),
    ...(approvalMs === undefined ? undefined : { approvalMs }),
    ...options,
    risk: 'high',
  }
}
