// The one table of commands: grammar, help, the reference page and the dispatcher read it.

import { noteTypes } from '../schema/states.ts'
import type { Argument, Command, Option } from './grammar.ts'
import { administration } from './table-administration.ts'
import { whoWorks } from './table-agents.ts'
import { working } from './table-working.ts'

export const everywhere: readonly Option[] = [
  { name: 'json', help: 'print JSON: one object, or one per line for lists and streams' },
  { name: 'server', value: 'URL', help: 'talk to this server' },
  { name: 'store', value: 'URL', takes: ['file'], help: 'work on this store: a file name, or sqlite:… memory: …' },
  {
    name: 'config',
    value: 'FILE',
    takes: ['file'],
    help: 'read this configuration instead of the nearest daybook.json',
  },
  { name: 'as', value: 'NAME', help: 'write as this actor (default: user:local)' },
  { name: 'since', value: 'WHEN', help: 'only what is newer: 90s, 15m, 2h, 3d, 1w, today, yesterday or a date' },
  { name: 'limit', value: 'N', help: 'at most so many' },
  { name: 'quiet', short: 'q', help: 'no hints and no progress' },
  { name: 'yes', short: 'y', help: 'answer yes where a person would be asked' },
  { name: 'verbose', help: 'say which store or server is used' },
  { name: 'help', short: 'h', help: 'explain the command' },
  { name: 'version', help: 'print the version' },
]

const sessions = { takes: ['session'] } as const
const session: Argument = {
  name: 'session',
  optional: true,
  ...sessions,
  help: 'A session; omitted: the one bound to this branch.',
}
const named: Argument = { name: 'session', ...sessions, help: 'A session.' }
const off = (help: string): Option => ({ name: 'off', help })

const daily: readonly Command[] = [
  {
    name: '',
    group: 'daily',
    summary: 'who needs you, what runs, what changed since you looked',
    json: 'sessions, one per line, newest activity first',
    exits: [6],
    load: () => import('./commands/home.ts'),
  },
  {
    name: 'show',
    group: 'daily',
    summary: 'read a session, or the entries around one number',
    arguments: [{ ...session, name: 'session[@n]' }],
    options: [
      { name: 'files', help: 'files it changed and pinned' },
      { name: 'notes', help: 'its worklog' },
      { name: 'runs', help: 'its runs: how they went, and why' },
      { name: 'processes', help: 'executions of programs: how they ended, and how much they printed' },
      { name: 'queue', help: 'what is asked of it and has not begun' },
      { name: 'cost', help: 'tokens and money, by agent and by model, and what is left of its budget' },
      { name: 'context', help: 'what the next call of its agent would send to the model, and why' },
      { name: 'agent', value: 'NAME', help: 'with --context: of this agent' },
      { name: 'model', value: 'NAME', help: 'with --context: to this model' },
      { name: 'all', help: 'also the entries of runs and processes that tell no more than what came of them' },
      { name: 'raw', help: 'entries as they are stored, one JSON object per line' },
      { name: 'until', value: 'N', help: 'as it was at entry N' },
    ],
    json: 'the view: history, or files, notes, runs, processes, queue, context, cost; with --raw or @n entries, one per line',
    exits: [3, 6],
    load: () => import('./commands/show.ts'),
  },
  {
    name: 'follow',
    group: 'daily',
    summary: 'live: every new entry of a session, or of all',
    arguments: [{ ...session, name: 'session[@n]', help: 'A session, from entry n on; omitted: all sessions.' }],
    options: [
      { name: 'after', value: 'N', help: 'begin after entry N of the session (0: all of it)' },
      { name: 'kinds', value: 'A,B', help: 'only these kinds of entries' },
    ],
    details: ['A lost connection is taken up again where it broke: nothing is missed, nothing comes twice.'],
    json: 'entries, one per line; without a session items of the feed',
    exits: [3, 6, 130],
    load: () => import('./commands/follow.ts'),
  },
  {
    name: 'find',
    group: 'daily',
    summary: 'content of everything: words, "phrases", beginnings*, names of code',
    arguments: [{ name: 'words', optional: true, rest: true, help: 'What to look for; may be left out with --file.' }],
    options: [
      { name: 'in', value: 'SESSION', takes: ['session'], help: 'only in this session' },
      { name: 'agent', value: 'NAME', help: 'only sessions of this agent' },
      { name: 'branch', value: 'NAME', help: 'only sessions of this branch' },
      { name: 'repository', value: 'NAME', help: 'only sessions of this repository' },
      { name: 'owner', value: 'NAME', help: 'only sessions of this person' },
      { name: 'kinds', value: 'A,B', help: 'only these kinds of entries' },
      { name: 'file', value: 'PATH', help: 'only sessions that touched a file whose path has this' },
      { name: 'before', value: 'WHEN', help: 'only what is older' },
    ],
    details: ['Best first: by the words and by how new it is. daybook show k3f9@120 opens a hit in its surroundings.'],
    json: 'hits, one per line',
    exits: [3, 6],
    load: () => import('./commands/find.ts'),
  },
  {
    name: 'adopt',
    group: 'daily',
    summary: 'copy in the sessions of other agents, and follow their new turns',
    arguments: [
      { name: 'agent', optional: true, rest: true, help: 'Only these: claude codex gemini opencode qwen chatgpt.' },
    ],
    options: [
      { name: 'dry-run', help: 'only say what is there: names, sizes and dates; no content is read' },
      { name: 'folder', value: 'DIR', takes: ['file'], help: 'only sessions that worked in this folder or below it' },
      {
        name: 'export',
        value: 'FILE',
        takes: ['file'],
        help: 'an export to read as well: conversations.json of ChatGPT',
      },
      { name: 'once', help: 'do not follow new turns' },
      off('follow no longer; what was adopted stays'),
    ],
    details: [
      'Their files are only read. Secrets are masked, also in the records that are kept beside the entries.',
      'Adopting again brings only what is new. A running server follows new turns of the agents that were adopted.',
    ],
    json: 'the report; with --dry-run what was found, one agent per line',
    exits: [1, 6, 7],
    load: () => import('./commands/adopt.ts'),
  },
  {
    name: 'note',
    group: 'daily',
    summary: 'add a line to the worklog of a session',
    arguments: [session, { name: 'text', help: 'What to note; - reads it from standard input.' }],
    options: [{ name: 'type', value: 'TYPE', choices: noteTypes, help: `${noteTypes.join(', ')} (default: insight)` }],
    json: 'the receipt: first, last, entries',
    exits: [3, 4, 6],
    load: () => import('./commands/note.ts'),
  },
  {
    name: 'pin',
    group: 'daily',
    summary: 'keep a session at hand, or a file in a session',
    arguments: [
      {
        name: 'session|file',
        optional: true,
        takes: ['session', 'file'],
        help: 'One argument that is a file is pinned in the session of this branch.',
      },
      { name: 'file', optional: true, takes: ['file'], help: 'A file to pin in the session.' },
    ],
    options: [off('no longer')],
    json: 'the mark of the session, or the receipt',
    exits: [3, 4, 6],
    load: () => import('./commands/pin.ts'),
  },
  {
    name: 'fork',
    group: 'daily',
    summary: 'go on from an entry in a session of its own; nothing is copied',
    arguments: [{ ...session, name: 'session[@n]' }],
    options: [{ name: 'name', value: 'TEXT', help: 'name of the fork' }],
    json: 'the new session',
    exits: [3, 4, 6],
    load: () => import('./commands/fork.ts'),
  },
  {
    name: 'archive',
    group: 'daily',
    summary: 'hide a session; the next write brings it back',
    arguments: [session],
    options: [off('bring it back')],
    json: 'the session',
    exits: [3, 4, 6],
    load: () => import('./commands/archive.ts'),
  },
  {
    name: 'trash',
    group: 'daily',
    summary: 'put a session into the trash for thirty days',
    arguments: [session],
    options: [off('take it out again'), { name: 'now', help: 'forget it at once; asks first' }],
    json: 'the session; with --now its id',
    exits: [3, 4, 6, 7],
    load: () => import('./commands/trash.ts'),
  },
  {
    name: 'rewind',
    group: 'daily',
    summary: 'end the active history at an entry; nothing is removed',
    arguments: [{ ...named, name: 'session@n', help: 'The session and the entry that becomes its last active one.' }],
    json: 'the session',
    exits: [3, 4, 6],
    load: () => import('./commands/rewind.ts'),
  },
  {
    name: 'tour',
    group: 'daily',
    summary: 'ninety seconds that show it: a server of its own is killed, and nothing is missing',
    details: [
      'It works on a store and a port of its own with the real bash and git, asks for one key, ends by itself, and leaves',
      'nothing behind. Without a terminal, or with --yes, the key is not waited for.',
    ],
    json: 'one object: ok, ms and every step',
    exits: [130],
    load: () => import('./commands/tour.ts'),
  },
]

export const commands: readonly Command[] = [...daily, ...working, ...whoWorks, ...administration]
