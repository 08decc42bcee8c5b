// Prints docs/reference/cli.md from the one table: `node packages/daybook/src/cli/reference.ts > docs/reference/cli.md`.

import type { Command, Option } from './grammar.ts'
import { exitLines, exitsOf, optionText, sentence, usage } from './help.ts'
import { settingRows } from './settings.ts'
import { commands, everywhere } from './table.ts'

const introduction = `# Command line

This page is printed from the table of commands; a test proves that they agree.

Daily work: verb first, session second. Administration: noun first. Results go to standard output, progress and hints
to standard error; piped output has no colour, and neither has a terminal with \`NO_COLOR\`. Times are relative, and the
short end of an id that is shown is what you type.

## Sessions

| typed | means |
|---|---|
| \`k3f9\` | the session whose id ends so (at least four characters) |
| \`k3f9@120\` | its entry 120 |
| \`"fix auth"\` | the session of this name |
| \`ses_01J…\` | the whole id, also one that a client invented |
| \`codex:last\`, \`last\` | the session in which something happened last: of this agent, or of all |
| \`codex:0199…\`, \`0199…\` | the session that was adopted of this agent under its own id; the id of a run works too |
| \`http://127.0.0.1:8001/…/sessions/<id>\` | an address of the page or of the HTTP interface |
| \`@\` or nothing | the session bound to the git branch of this folder |

Behind each of them may stand \`@120\` for its entry 120. What is an id, a tail or a name means that before it means anything else. Several
matches are listed, and the command ends with 2.

## Where the store is

The first that is given: \`--server\` or \`--store\`, \`DAYBOOK_STORE\`, the nearest \`daybook.json\` upwards
(\`{"store": "sqlite:./data/daybook.db"}\`, the path taken from the file's folder), the server that runs on this machine,
then \`daybook.db\` in the user's data folder. A command that reads never makes an empty store: where there is none it
says so and ends with 6; bare \`daybook\` says so and greets. \`--verbose\` names the store.

The commands of \`store\`, \`export\` and \`import\` work on the store itself, also while a server runs on it.
`

const settingsIntroduction = `
## Settings

What an option says counts before the environment, that before the nearest \`daybook.json\`, that before the default. A name in
the first column is the key there; lists are arrays in it, and have commas between their values everywhere else. \`daybook config
show\` says what counts here and where it comes from.
`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

function optionRows(options: readonly Option[]): string[][] {
  return options.map((option) => [`\`${optionText(option)}\``, option.help])
}

function settingCells(): string[][] {
  const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``)
  return settingRows.map(({ name, shape, flag, variable, standard, help }) => [
    shape ? code(name) : '',
    code(flag && `--${flag}`),
    code(variable),
    code(standard),
    help,
  ])
}

function section(command: Command): string {
  const parts = [`### \`daybook${command.name === '' ? '' : ` ${command.name}`}\``, '```', usage(command), '```']
  parts.push([sentence(command.summary), ...(command.details ?? [])].join(' '))
  const args = (command.arguments ?? []).map(({ name, help }) => [`\`${name}\``, help])
  const rows = [...args, ...optionRows(command.options ?? [])]
  if (rows.length > 0) parts.push('', table(['argument', 'meaning'], rows))
  parts.push('', `\`--json\`: ${command.json}. Exit codes: ${exitsOf(command).join(', ')}.`)
  return parts.join('\n')
}

/** The whole page. */
export function reference(): string {
  const group = (name: Command['group']): string =>
    commands
      .filter((command) => command.group === name)
      .map(section)
      .join('\n\n')
  return [
    introduction,
    '## Everywhere\n',
    table(['option', 'meaning'], optionRows(everywhere)),
    settingsIntroduction,
    table(['in daybook.json', 'option', 'environment', 'default', 'meaning'], settingCells()),
    '\n## Exit codes\n',
    table(
      ['code', 'meaning'],
      exitLines.map(([code, meaning]) => [code, meaning]),
    ),
    '\nA failure is three lines on standard error: what happened, why, what to type. With `--json` it is one object there:',
    '`{"code", "detail", "why", "hint", "exit"}`, with a code of the one table of errors, or `needs_person` or `failed`.',
    '\n## Daily\n',
    group('daily'),
    '\n## Administration\n',
    group('administration'),
    '',
  ].join('\n')
}

if (import.meta.main) process.stdout.write(reference())
