// The rows of the table of commands that look after installs and stores: noun first.

import { shells } from './completion/shells.ts'
import type { Command } from './grammar.ts'
import { logLevels } from './parts.ts'
import { settings } from './settings.ts'

type Known = (typeof settings)['rate' | 'archive_after']

function withStandard({ help, standard, variable }: Known): string {
  return `${help} (default ${standard}, or ${variable})`
}

export const administration: readonly Command[] = [
  {
    name: 'serve',
    group: 'administration',
    summary: 'start the server',
    options: [
      { name: 'port', value: 'N', help: `default ${settings.port.standard}, or DAYBOOK_PORT; 0 takes a free one` },
      { name: 'host', value: 'NAME', help: `default ${settings.host.standard}, or DAYBOOK_HOST` },
      { name: 'allow-host', value: 'A,B', help: `${settings.allow_host.help} (or ${settings.allow_host.variable})` },
      {
        name: 'allow-origin',
        value: 'A,B',
        help: `${settings.allow_origin.help} (or ${settings.allow_origin.variable})`,
      },
      { name: 'archive-after', value: 'TIME', help: withStandard(settings.archive_after) },
      { name: 'rate', value: 'N', help: withStandard(settings.rate) },
      { name: 'bus', value: 'URL', help: `${settings.bus.help} (or ${settings.bus.variable})` },
      {
        name: 'log',
        value: 'LEVEL',
        choices: logLevels,
        help: `${logLevels.join(', ')}: lines of JSON on standard error`,
      },
    ],
    details: ['SIGTERM and Ctrl-C end it gracefully.'],
    json: 'one object when it is ready: version, url, store, durable',
    exits: [4, 6],
    load: () => import('./commands/serve.ts'),
  },
  {
    name: 'doctor',
    group: 'administration',
    summary: 'look at the install and the store, and say what is wrong',
    options: [{ name: 'fix', help: 'mend what can be mended' }],
    json: 'one object with every finding',
    exits: [6],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'selftest',
    group: 'administration',
    summary: 'prove on this machine that what is stored survives a killed server',
    details: [
      'It works on a store and a server of its own in a temporary folder, and leaves nothing behind: creates a session,',
      'adds messages in three languages, hands over, kills the server, starts it again, compares everything, deletes.',
    ],
    json: 'one object: ok, ms and every check',
    exits: [130],
    load: () => import('./commands/selftest.ts'),
  },
  {
    name: 'config show',
    group: 'administration',
    summary: 'every setting that counts here, and where it comes from',
    details: ['Passwords and other secrets are masked.'],
    json: 'one object: every setting with value, from and by',
    exits: [3],
    load: () => import('./commands/config-show.ts'),
  },
  {
    name: 'config check',
    group: 'administration',
    summary: 'say what is wrong in daybook.json or programs.json, and where',
    arguments: [{ name: 'file', optional: true, takes: ['file'], help: 'omitted: those that count here.' }],
    details: ['Ends with 2 when there is a fault.'],
    json: 'one object: ok, of daybook.json file and faults, of the programs file the same under programs (null: none)',
    exits: [3],
    load: () => import('./commands/config-check.ts'),
  },
  {
    name: 'completion',
    group: 'administration',
    summary: 'print a script that completes commands, options and sessions in a shell',
    arguments: [
      { name: 'shell', choices: shells, help: `${shells.join(', ')}.` },
      { name: 'beginning', optional: true, help: 'With --sessions: only tails that begin so.' },
    ],
    options: [{ name: 'sessions', help: 'print sessions instead, one per line: what the scripts ask for' }],
    details: [
      'bash: source <(daybook completion bash)   in ~/.bashrc; zsh: the same with zsh in ~/.zshrc, behind compinit;',
      'fish: daybook completion fish > ~/.config/fish/completions/daybook.fish',
    ],
    json: 'one object: shell and script; with --sessions one session per line',
    exits: [],
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'store verify',
    group: 'administration',
    summary: 'prove that logs, chains, heads, forks and blobs agree',
    json: 'the report',
    exits: [6],
    load: () => import('./commands/store-verify.ts'),
  },
  {
    name: 'store repair',
    group: 'administration',
    summary: 'make heads, counters and indexes agree with the logs again',
    json: 'the report',
    exits: [4, 6],
    load: () => import('./commands/store-repair.ts'),
  },
  {
    name: 'store stats',
    group: 'administration',
    summary: 'where the store is and how large',
    json: 'the figures',
    exits: [6],
    load: () => import('./commands/store-stats.ts'),
  },
  {
    name: 'store copy',
    group: 'administration',
    summary: 'bring a whole store into another one, of any kind',
    options: [
      {
        name: 'from',
        value: 'FILE',
        takes: ['file'],
        help: 'the store that is read, or its URL (default: the one --store names)',
      },
      { name: 'to', value: 'FILE', takes: ['file'], help: 'the store that is written to, or its URL; required' },
    ],
    details: [
      'Logs with their hashes, order, keys, names, blobs, states and marks arrive as they are; every link is verified.',
      'What is there already is passed over: a copy that was cut off is simply run again, and again for what came since.',
      'Leases and the ids of deleted sessions stay behind. For the last run nothing may write to either store.',
    ],
    json: 'from, to, sessions, entries, written and tombstones',
    exits: [4, 6],
    load: () => import('./commands/store-copy.ts'),
  },
  {
    name: 'store backup',
    group: 'administration',
    summary: 'write a consistent copy while others go on writing',
    arguments: [{ name: 'file', takes: ['file'], help: 'Where the copy goes; must not exist.' }],
    json: 'file and bytes',
    exits: [4, 6],
    load: () => import('./commands/store-backup.ts'),
  },
  {
    name: 'store restore',
    group: 'administration',
    summary: 'put a backup in the place of the store',
    arguments: [{ name: 'file', takes: ['file'], help: 'A backup; it is verified first.' }],
    details: ['An existing store is kept beside the new one. Asks first when there is one.'],
    json: 'store, kept and sessions',
    exits: [3, 4, 6, 7],
    load: () => import('./commands/store-restore.ts'),
  },
  {
    name: 'store prune',
    group: 'administration',
    summary: 'delete what a written rule names; asks first',
    options: [
      { name: 'older', value: 'AGE', help: 'idle for longer than 30d, 12w; required' },
      { name: 'place', value: 'PLACE', choices: ['archived', 'trash'], help: 'archived or trash (default: archived)' },
      { name: 'where', value: 'FACET=VALUE', help: 'only of this agent, user, team, workflow, branch or repository' },
      { name: 'dry-run', help: 'only list' },
    ],
    details: ['Never a session with an open run, a wait or a pin.'],
    json: 'ids of sessions, one object per line',
    exits: [4, 6, 7],
    load: () => import('./commands/store-prune.ts'),
  },
  {
    name: 'export',
    group: 'administration',
    summary: 'write sessions in the open format to standard output, or one in another form',
    arguments: [{ name: 'session', optional: true, rest: true, takes: ['session'], help: 'Sessions; omitted: all.' }],
    options: [
      {
        name: 'format',
        value: 'FORMAT',
        choices: ['jsonl', 'markdown', 'html', 'codex', 'gemini', 'opencode', 'claude'],
        help: 'jsonl (default, the open format), markdown, html, or the form in which an agent goes on',
      },
      {
        name: 'to',
        value: 'FILE',
        takes: ['file'],
        help: 'write a file instead; must not exist; - is standard output',
      },
    ],
    details: [
      'Only jsonl takes several sessions and comes back with daybook import; the others write the active history of one.',
      'A folder of another agent is never written: where the file belongs is printed, with what to type then.',
    ],
    json: 'jsonl is JSON, one object per line; an agent’s form with --to: file, id, place, commands',
    exits: [3, 4, 6],
    load: () => import('./commands/export.ts'),
  },
  {
    name: 'import',
    group: 'administration',
    summary: 'take sessions in that were exported elsewhere',
    arguments: [{ name: 'file', rest: true, takes: ['file'], help: 'Exports; - is standard input.' }],
    options: [
      { name: 'check', help: 'only verify the files; needs no store' },
      { name: 'redact', help: 'mask secrets; starts a new chain that names the old one' },
    ],
    details: ['Everything is verified before it is written. The same again changes nothing.'],
    json: 'the report, one per file',
    exits: [3, 4, 6],
    load: () => import('./commands/import.ts'),
  },
]
