// What the tests of skills share: folders with files in a temporary place.

import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SkillContext } from './contract.ts'

export class Place implements AsyncDisposable {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<Place> {
    return new Place(await realpath(await mkdtemp(join(tmpdir(), 'daybook-skills-'))))
  }

  async write(file: string, text: string | Uint8Array): Promise<void> {
    const path = join(this.path, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }

  in(...names: string[]): string {
    return join(this.path, ...names)
  }

  async remove(name: string): Promise<void> {
    await rm(this.in(name), { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

export function pageOf(name: string, more = ''): string {
  return `---\nname: ${name}\ndescription: What ${name} does.\n${more}---\n\nHow to use ${name}.\n`
}

/** A module that answers with this text. */
export function moduleOf(answer: string, more = ''): string {
  return `import { defineSkill } from 'daybook'
export default defineSkill({ ${more} run: () => ${JSON.stringify(answer)} })
`
}

/** What a skill under test is given; parts that it does not use are not there. */
export function contextOf(parts: Partial<SkillContext> = {}): SkillContext {
  return { now: 0, timeZone: 'UTC', caller: {}, key: 'k', attempt: 1, ...parts } as SkillContext
}
