// Which calls of agents were runs of tests, and how they ended, as far as the transcript tells it.

import type { Part } from '../schema/parts.ts'

type Result = Extract<Part, { type: 'result' }>

/** Of what people and agents run tests with; a command may stand behind others. */
const testCommand =
  /(?:^|[\s;&|(])(?:(?:npm|pnpm|yarn|bun|deno|cargo|go|dotnet|mix|swift|gradle|\.\/gradlew|mvn|rake|make|tox|nox)\s+(?:run\s+)?(?:-\S+\s+)*(?:test|check|verify)|node\s+(?:-\S+\s+)*--test|(?:npx\s+|python3?\s+-m\s+|uv\s+run\s+|poetry\s+run\s+)?(?:pytest|unittest|jest|vitest|mocha|ava|playwright\s+test|rspec|phpunit|ctest))(?=[\s:;&|)]|$)/

/** How programs say in their output that they failed. */
const failedText = /\bexit(?:ed)?[ _]?(?:with )?(?:code|status)"?[:=\s]+[1-9]|^exit(?:ed)? [1-9]/im

/** The command line that a call runs; null for other calls. */
export function commandOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return null
  const { command, cmd } = input as { command?: unknown; cmd?: unknown }
  const given = command ?? cmd
  if (typeof given === 'string') return given
  if (Array.isArray(given) && given.every((part) => typeof part === 'string')) return given.join(' ')
  return null
}

export function isTestCommand(command: string): boolean {
  return testCommand.test(command.slice(0, 4096))
}

export function hasFailed({ error, output }: Result): boolean {
  if (error === true) return true
  const text = typeof output === 'string' ? output : (JSON.stringify(output) ?? '')
  return failedText.test(text.slice(0, 4096)) || failedText.test(text.slice(-4096))
}
