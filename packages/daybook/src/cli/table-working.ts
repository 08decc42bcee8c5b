// The rows of the table of commands that make sessions work: turns, decisions, stopping and undoing.

import type { Argument, Command, Option } from './grammar.ts'

const session: Argument = {
  name: 'session',
  optional: true,
  takes: ['session'],
  help: 'A session; omitted: the one bound to this branch.',
}

const decision = {
  group: 'daily',
  arguments: [{ ...session, help: 'A session; omitted: that of this branch, else whichever asks.' }],
  options: [{ name: 'comment', value: 'TEXT', help: 'a reason, kept with the decision' }] satisfies Option[],
  json: 'the run',
  exits: [3, 4, 5, 6, 7],
} as const

export const working: readonly Command[] = [
  {
    name: 'start',
    group: 'daily',
    summary: 'a new session with an agent, in the folder that you are in',
    arguments: [
      { name: 'agent', help: 'As agent list says it: bash, codex, gemini…' },
      {
        name: 'text',
        optional: true,
        help: 'Its first turn; - reads it from standard input. Omitted: it is only opened; on a terminal you are attached to it.',
      },
    ],
    options: [
      { name: 'model', value: 'NAME', help: 'asked in this session in the place of what agents name; see model set' },
      { name: 'no-wait', help: 'store it and do not wait for the answer' },
    ],
    details: [
      'The session keeps the folder, its repository and its branch; what is said in it later goes to the same agent.',
      'Ctrl-C leaves the work as it is. Without a server it is performed by this command.',
    ],
    json: 'the run as it ended or waits; with --no-wait: session_id, run_id, seq, position, steered; without a text the session',
    exits: [3, 4, 5, 6, 7, 130],
    load: () => import('./commands/start.ts'),
  },
  {
    name: 'say',
    group: 'daily',
    summary: 'a turn: ask for something in words, or answer what is asked',
    arguments: [
      { ...session, help: 'A session; omitted: the one bound to this branch, else a new one.' },
      {
        name: 'text',
        optional: true,
        help: 'What to say; - reads it from standard input. Omitted: you talk, or each line of standard input is said.',
      },
    ],
    options: [
      { name: 'steer', help: 'into the run under way, where its agent takes that' },
      { name: 'interrupt', help: 'end the run under way first' },
      { name: 'reject', help: 'only if nothing is under way' },
      { name: 'at', value: 'SEQ', help: 'in the place of your message with this seq: the history goes on from there' },
      { name: 'again', help: 'without a text: your last message is asked once more, in its place' },
      { name: 'skill', value: 'ID', help: 'this skill, instead of the one that the words ask for' },
      { name: 'agent', value: 'NAME', help: 'this agent takes the turn' },
      { name: 'model', value: 'NAME', help: 'asked in this turn alone, as provider/model; for all of them: model set' },
      { name: 'no-wait', help: 'store it and do not wait for the answer' },
    ],
    details: [
      'What is said is stored before any work starts; behind other work it is queued. Progress goes to standard error.',
      'Where exactly one question is open, it is answered. Ctrl-C leaves the run as it is.',
      'What --at and --again take the place of stays in the log. While something is under way they are refused.',
      'Without a server the run is performed by this command.',
    ],
    json: 'the run as it ended or waits; queued or with --no-wait: session_id, run_id, seq, position, steered',
    exits: [3, 4, 5, 6, 7, 130],
    load: () => import('./commands/say.ts'),
  },
  {
    name: 'handoff',
    group: 'daily',
    summary: 'another agent works in the session from its next turn on',
    arguments: [session],
    options: [
      { name: 'with', value: 'AGENT', help: 'the agent that goes on; required' },
      { name: 'reason', value: 'TEXT', help: 'why, for whoever reads it later' },
    ],
    details: ['It stands in the log. For another agent in a fork of its own: continue.'],
    json: 'the stored hand-off',
    exits: [3, 5, 6],
    load: () => import('./commands/handoff.ts'),
  },
  {
    name: 'continue',
    group: 'daily',
    summary: 'go on with another agent: a fork with a preamble of what it has to know',
    arguments: [
      { ...session, name: 'session[@n]' },
      { name: 'text', optional: true, help: 'What the other agent is to do; - reads it from standard input.' },
    ],
    options: [
      { name: 'with', value: 'AGENT', help: 'the agent that goes on; required' },
      {
        name: 'budget',
        value: 'N',
        help: 'tokens of the preamble at most, an estimate (default: 6000, from 200 to 32000)',
      },
      {
        name: 'write',
        value: 'FILE',
        takes: ['file'],
        help: 'only write the file that codex, gemini, opencode or claude goes on from; must not exist',
      },
      { name: 'no-wait', help: 'store it and do not wait for the answer' },
    ],
    details: [
      'The preamble has the goal, decisions, open ends, files and last turns; the same log gives the same text.',
      'An agent that is on this machine gets it with its first turn, which is the text. For another one it is written down.',
      'Four characters are counted as one token. A folder of another agent is never written.',
    ],
    json: 'session, preamble (seq, tokens, text), file, resuming; where a turn was asked for: the run as it ended or waits',
    exits: [3, 4, 5, 6, 7, 130],
    load: () => import('./commands/continue.ts'),
  },
  {
    ...decision,
    name: 'approve',
    summary: 'let a run go on with what it asked for; shows it first',
    details: ['Without a terminal it needs --yes. Ends with 4 when it is decided or has expired.'],
    load: () => import('./commands/approve.ts'),
  },
  {
    ...decision,
    name: 'deny',
    summary: 'refuse what a run asked for; shows it first',
    details: ['Without a terminal it needs --yes. Ends with 4 when it is decided or has expired.'],
    load: () => import('./commands/deny.ts'),
  },
  {
    name: 'attach',
    group: 'daily',
    summary: 'a session live: the screen and keyboard of its program, or a talk with its agent',
    arguments: [session],
    details: [
      'Ctrl-\\ and then d leaves it running; Ctrl-\\ twice types one. It goes on over restarts of the server, and whoever typed',
      'last decides the size. That needs a server on this machine. Where no program lives in it, you talk: /help says how.',
    ],
    json: 'at its end one object: session_id, process_id, left, exit_code, signal',
    exits: [3, 5, 6, 7, 130],
    load: () => import('./commands/attach.ts'),
  },
  {
    name: 'stop',
    group: 'daily',
    summary: 'end the run under way; what it had produced is kept',
    arguments: [session],
    options: [
      { name: 'all', help: 'what is queued behind it, too' },
      { name: 'close', help: 'its processes that live on, with all that they started' },
    ],
    json: 'one object: session_id, the ids of runs stopped and withdrawn, and of processes closed',
    exits: [3, 5, 6],
    load: () => import('./commands/stop.ts'),
  },
  {
    name: 'undo',
    group: 'daily',
    summary: 'take back what the last run did that can be taken back; asks first',
    arguments: [session],
    json: 'the run that undid it',
    exits: [3, 4, 5, 6, 7, 130],
    load: () => import('./commands/undo.ts'),
  },
]
