// The interpreters that are known without a file: what each of them takes, as it was measured with the real ones.

import type { ProgramSettings } from './shape.ts'

/** Interpreters read what a person writes as code: whoever may prompt them may do what this user may. */
export const interpreters: Readonly<Record<string, ProgramSettings>> = {
  bash: {
    description: 'Bash, a shell: the prompt is a command line',
    bin: 'bash',
    help: ['--help'],
    // Behind -c alone bash would read a prompt that begins with a dash as options of its own.
    headless: {
      format: 'text',
      start: [{ if: 'prompt', args: ['-c', '--', '{prompt}'] }],
      prompt_via: ['arg', 'stdin'],
    },
    pty: {
      argv: ['--rcfile', '{rc}', '-i'],
      osc133: true,
      prompt_regex: '\\$ $',
      continuation_regex: '^> $',
      interrupt_keys: '\u0003',
      exit_keys: ['\u0003', 'exit\r'],
    },
    // What would wait for somebody to turn pages prints them all.
    env: { PAGER: 'cat', GIT_PAGER: 'cat' },
    drivers: ['headless', 'pty'],
  },
  python: {
    description: 'Python: the prompt is code',
    bin: 'python3',
    help: ['--help'],
    headless: {
      format: 'text',
      start: [{ if: 'prompt', args: ['-c', '{prompt}'] }],
      allow_code_prompt: true,
      prompt_via: ['arg', 'stdin'],
    },
    pty: {
      argv: ['-i', '-q'],
      prompt_regex: '>>> $',
      continuation_regex: '^\\.\\.\\. $',
      interrupt_keys: '\u0003',
      exit_keys: ['\u0003', '\u0004'],
      raw_input: true,
      indented_blocks: true,
    },
    drivers: ['pty', 'headless'],
  },
  node: {
    description: 'Node: the prompt is JavaScript, its value is printed',
    bin: 'node',
    help: ['--help'],
    headless: {
      format: 'text',
      start: ['--print', { if: 'prompt', args: ['--eval={prompt}'] }],
      prompt_via: ['arg', 'stdin'],
    },
    pty: {
      argv: ['-i'],
      prompt_regex: '> $',
      continuation_regex: '^\\| $',
      interrupt_keys: '\u0003',
      exit_keys: ['\u0003', '\u0004'],
      raw_input: true,
    },
    // With colours it draws its whole line again for each character that is typed.
    env: { NODE_REPL_HISTORY: '', NODE_DISABLE_COLORS: '1' },
    drivers: ['pty', 'headless'],
  },
  sqlite3: {
    description: 'SQLite: the prompt is SQL, for a database in memory',
    bin: 'sqlite3',
    help: ['--help'],
    headless: { format: 'text', start: ['-batch', '-json', ':memory:'], prompt_via: ['stdin'] },
    pty: {
      argv: ['-interactive', ':memory:'],
      prompt_regex: 'sqlite> $',
      continuation_regex: '^   \\.\\.\\.> $',
      interrupt_keys: '\u0003',
      exit_keys: ['\u0004'],
    },
    drivers: ['pty', 'headless'],
    command_prefixes: ['.'],
  },
  psql: {
    description: 'psql: the prompt is SQL for PostgreSQL',
    bin: 'psql',
    help: ['--help'],
    headless: {
      format: 'text',
      start: ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', { if: 'prompt', args: ['-c', '{prompt}'] }],
      allow_code_prompt: true,
      prompt_via: ['arg', 'stdin'],
    },
    pty: {
      argv: ['-X', '-q', '-P', 'pager=off', '-v', 'PROMPT1=psql> ', '-v', 'PROMPT2=psql-> '],
      prompt_regex: 'psql> $',
      continuation_regex: '^psql-> $',
      interrupt_keys: '\u0003',
      exit_keys: ['\u0003', '\u0004'],
    },
    drivers: ['pty', 'headless'],
    // What is quoted is not looked for: a quote may be open since an earlier prompt.
    command_prefixes: ['\\'],
    commands_anywhere: true,
    secrets: ['PGHOST', 'PGPORT', 'PGUSER', 'PGDATABASE', 'PGPASSWORD'],
  },
  gdb: {
    description: 'GDB: the prompt is one command of the debugger',
    bin: 'gdb',
    help: ['--help'],
    headless: { format: 'text', start: ['-q', '-nx', '-batch', '-ex', '{prompt}'], allow_code_prompt: true },
    pty: {
      argv: ['-q', '-nx', '-ex', 'set pagination off', '-ex', 'set confirm off'],
      prompt_regex: '\\(gdb\\) $',
      // It takes one command at a time, and an empty one repeats the last.
      by_line: true,
      interrupt_keys: '\u0003',
      exit_keys: ['\u0003', '\u0004'],
    },
    drivers: ['pty', 'headless'],
  },
  bc: {
    description: 'bc, a calculator',
    bin: 'bc',
    help: ['--help'],
    headless: { format: 'text', start: ['-q'], prompt_via: ['stdin'] },
    pty: { argv: ['-q'], interrupt_keys: '\u0003', exit_keys: ['\u0004'] },
    // A number stands on one line, however long.
    env: { BC_LINE_LENGTH: '0' },
    drivers: ['pty', 'headless'],
  },
}
