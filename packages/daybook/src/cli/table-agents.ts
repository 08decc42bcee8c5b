// The rows of the table of commands about who works and with what: agents, skills and budgets.

import type { Command } from './grammar.ts'

export const whoWorks: readonly Command[] = [
  {
    name: 'budget list',
    group: 'administration',
    summary: 'what may be spent, and what is gone',
    arguments: [
      { name: 'session', optional: true, takes: ['session'], help: 'A session, whose budget is shown as well.' },
    ],
    options: [
      { name: 'agent', value: 'NAME', help: 'that of this agent as well' },
      { name: 'user', value: 'NAME', help: 'that of this user as well' },
    ],
    details: ['Of the day, and of every agent and user whose limit was set. A day ends at midnight UTC.'],
    json: 'budgets, one per line',
    exits: [3, 6],
    load: () => import('./commands/budget-list.ts'),
  },
  {
    name: 'budget set',
    group: 'administration',
    summary: 'what a session, a user, an agent or everybody together may spend',
    arguments: [
      {
        name: 'scope',
        choices: ['session', 'user', 'agent', 'day'],
        help: 'A session for good; the others on each day.',
      },
      { name: 'name', optional: true, takes: ['session'], help: 'Which session, user or agent; a day has no name.' },
    ],
    options: [
      { name: 'tokens', value: 'N', help: 'tokens at most' },
      { name: 'dollars', value: 'AMOUNT', help: 'US dollars at most' },
      { name: 'off', help: 'what daybook.json says counts again' },
    ],
    details: ['Near the limit a note in the session warns; what would pass it fails with the reason budget.'],
    json: 'the budget',
    exits: [3, 6],
    load: () => import('./commands/budget-set.ts'),
  },
  {
    name: 'agent list',
    group: 'administration',
    summary: 'whatever can take a turn: models, teams and programs in one list',
    options: [{ name: 'all', help: 'with versions, and with programs that are known and not on this machine' }],
    details: ['--all starts every program once, for its version.'],
    json: 'agents, one per line; with --all programs also have path and version, null where there is none',
    exits: [6],
    load: () => import('./commands/agent-list.ts'),
  },
  {
    name: 'agent show',
    group: 'administration',
    summary: 'one agent, and the sessions that it works in',
    arguments: [{ name: 'name', help: 'As agent list says it.' }],
    details: [
      'Of a program: where it is, its version, how it is driven, its limits, and the programs file that says so.',
    ],
    json: 'the agent; a program of this machine with path, version, drivers, limits, workdirs, file and fault',
    exits: [3, 6],
    load: () => import('./commands/agent-show.ts'),
  },
  {
    name: 'agent test',
    group: 'administration',
    summary: 'asks a model for one sentence: how fast it answers, what that takes, or what to set',
    arguments: [{ name: 'agent', optional: true, help: 'An agent or a provider/model; omitted: the standard one.' }],
    details: ['One real call with the keys of this shell, which costs what it costs. Nothing is written to a log.'],
    json: 'the model with what is known of it, answer, first_ms, duration_ms, usage and cost in US dollars or null',
    exits: [2, 3, 4, 5, 6, 130],
    load: () => import('./commands/agent-test.ts'),
  },
  {
    name: 'skill list',
    group: 'administration',
    summary: 'every skill with its risk, where it comes from, and what cannot be read',
    options: [{ name: 'for', value: 'TEXT', help: 'say instead where this text would go, and why' }],
    json: 'one object: skills and faults; with --for the skill, its confidence, why, and alternatives',
    exits: [6],
    load: () => import('./commands/skill-list.ts'),
  },
  {
    name: 'skill show',
    group: 'administration',
    summary: 'everything that is known of one skill',
    arguments: [{ name: 'id', help: 'As skill list says it.' }],
    json: 'the skill',
    exits: [3, 6],
    load: () => import('./commands/skill-show.ts'),
  },
  {
    name: 'skill add',
    group: 'administration',
    summary: 'make the folder of a new skill: a page, a module and a test',
    arguments: [
      { name: 'id', help: 'a-z 0-9 - and / between parts: travel/search-flights.' },
      { name: 'description', optional: true, help: 'One or two sentences; free text is matched against it.' },
    ],
    details: [
      'It stands in the folder skills beside the store. A running server reads it by itself, now and whenever it changes.',
    ],
    json: 'one object: id, folder and files',
    exits: [4],
    load: () => import('./commands/skill-add.ts'),
  },
  {
    name: 'skill test',
    group: 'administration',
    summary: 'read a skill and run its own tests',
    arguments: [{ name: 'id|folder', takes: ['file'], help: 'A skill that is listed, or a folder with one.' }],
    details: ['Ends with 1 when it cannot be read or a test fails.'],
    json: 'one object: folder, ok, id, fault, passed, failed and what the tests printed',
    exits: [3, 6],
    load: () => import('./commands/skill-test.ts'),
  },
]
