// Turns the events of node's test runner into one flat list of results, one per leaf test.
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'
import { inspect } from 'node:util'
import { isBatch } from './batches.ts'

export interface Result {
  /** Names of the enclosing suites and of the test, joined with ` > `. */
  readonly name: string
  readonly file: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped, or how it failed. */
  readonly detail: string
}

export interface FileTime {
  readonly file: string
  readonly milliseconds: number
}

interface Reported {
  readonly name: string
  readonly nesting: number
  readonly file?: string | undefined
  readonly entryFile?: string | undefined
  readonly skip?: string | boolean | undefined
  readonly todo?: string | boolean | undefined
  readonly details: { readonly type?: string | undefined; readonly error?: Error | undefined }
}

function explain(error: Error | undefined): string {
  if (error === undefined) return 'failed without an error'
  const cause = error.cause ?? error
  const assertion = cause instanceof Error && 'code' in cause && cause.code === 'ERR_ASSERTION'
  // The stack of an assertion begins with its difference; its properties would only repeat both values.
  return assertion && cause.stack !== undefined ? cause.stack : inspect(cause, { depth: 4, colors: false })
}

/** Collects events; they arrive file by file, children before their parent. */
export class Tally {
  readonly results: Result[] = []
  readonly times: FileTime[] = []
  readonly #base: string
  #names: string[] = []
  #children: number[] = []

  constructor(base: string) {
    this.#base = base
  }

  add(event: TestEvent): void {
    if (event.type === 'test:start') {
      this.#names[event.data.nesting] = event.data.name
      this.#names.length = event.data.nesting + 1
    } else if (event.type === 'test:complete') {
      const { name, file, details } = event.data
      if (name === file) this.times.push({ file: relative(this.#base, file), milliseconds: details.duration_ms })
    } else if (event.type === 'test:pass' || event.type === 'test:fail') {
      this.#report(event.data, event.type === 'test:fail')
    }
  }

  #report(data: Reported, failed: boolean): void {
    const children = this.#children[data.nesting + 1] ?? 0
    this.#children[data.nesting + 1] = 0
    this.#children[data.nesting] = (this.#children[data.nesting] ?? 0) + 1
    const begun = data.entryFile ?? ''
    const file = relative(this.#base, (isBatch(begun) ? data.file : begun) || data.file || '')
    const name = [...this.#names.slice(0, data.nesting), data.name].join(' > ')
    const push = (status: Result['status'], detail: string): void => {
      this.results.push({ name, file, status, detail })
    }
    const reason = data.skip ?? data.todo
    // A test file that registers nothing is reported as a passing test named after the file.
    if (!failed && data.name === data.file && children === 0) push('failed', 'the file contains no test')
    else if (reason !== undefined && reason !== false)
      push('skipped', reason === true ? 'no reason given' : reason || 'no reason given')
    else if (failed) {
      const onlyChildren =
        (data.details.error as { failureType?: string } | undefined)?.failureType === 'subtestsFailed'
      if (children === 0 || !onlyChildren) push('failed', explain(data.details.error))
    } else if (children === 0 && data.details.type !== 'suite') push('passed', '')
  }

  /** Puts the results of another run of a file in the place of its own; returns the failures that did not come again. */
  replace(file: string, other: Tally): Result[] {
    const failures = (of: Tally) => of.results.filter((one) => one.file === file && one.status === 'failed')
    const again = new Set(failures(other).map(({ name }) => name))
    const gone = failures(this).filter(({ name }) => !again.has(name))
    const kept = this.results.filter((result) => result.file !== file)
    this.results.splice(0, this.results.length, ...kept, ...other.results)
    return gone
  }

  count(status: Result['status']): number {
    return this.results.filter((result) => result.status === status).length
  }

  /** The plain last line that every program of this repository ends a test run with. */
  line(): string {
    return `${this.count('passed')} passed, ${this.count('failed')} failed, ${this.count('skipped')} skipped`
  }
}
