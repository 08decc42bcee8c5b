// The programs that are known without a file: agents, as they were measured with the real ones, then interpreters.

import { interpreters } from './interpreters.ts'
import type { ProgramSettings } from './shape.ts'

const codex: ProgramSettings = {
  description: 'Codex, a coding agent',
  bin: 'codex',
  help: ['exec', '--help'],
  acp: { bin: 'codex-acp', argv: [], replays_history: 'yes' },
  headless: {
    format: 'codex-jsonl',
    // -i takes as many values as follow: only the `--` keeps the prompt from it.
    start: [
      ...['exec', '--json', '--skip-git-repo-check', '-s', 'workspace-write'],
      { if: 'model', args: ['-m', '{model}'] },
      { each: 'image', args: ['-i', '{image}'] },
      ...['--', '{prompt}'],
    ],
    resume: [
      ...['exec', 'resume', '--json', '--skip-git-repo-check', '-c', 'sandbox_mode="workspace-write"'],
      { if: 'model', args: ['-m', '{model}'] },
      { each: 'image', args: ['-i', '{image}'] },
      ...['{resume}', '--', '{prompt}'],
    ],
    prompt_via: ['arg', 'stdin:-'],
  },
  pty: {
    argv: ['-s', 'workspace-write'],
    resume: ['resume', '{resume}'],
    busy: { osc7501: 'working' },
    idle: { osc7501: ['idle', 'done'] },
    tick_regex: 'Working \\((\\d+)s',
    interrupt_keys: '\u001b',
    exit_keys: ['\u0003', '\u0003'],
    dialogs: [
      { match: 'Trust this folder', answer: null },
      // y, p or a number decides at once.
      { match: 'Would you like to [^\\n?]*\\?(?=[^]*Press enter to confirm)', answer: null },
    ],
  },
  resume_regex: 'codex resume (?<token>[0-9a-f-]{36})',
  command_prefixes: ['/', '!'],
  secrets: ['OPENAI_API_KEY'],
  drivers: ['headless', 'acp', 'pty'],
}

const gemini: ProgramSettings = {
  description: 'Gemini CLI, a coding agent',
  bin: 'gemini',
  help: ['--help'],
  acp: { argv: ['--acp', '--skip-trust'], replays_history: 'late' },
  headless: {
    format: 'gemini-stream-json',
    start: [
      ...['-o', 'stream-json', '--skip-trust', '--session-id', '{new_uuid}'],
      { if: 'model', args: ['-m', '{model}'] },
      { if: 'prompt', args: ['--prompt={prompt}'] },
    ],
    resume: [
      ...['-o', 'stream-json', '--skip-trust', '-r', '{resume}'],
      { if: 'model', args: ['-m', '{model}'] },
      { if: 'prompt', args: ['--prompt={prompt}'] },
    ],
    prompt_via: ['arg', 'stdin'],
    image: { in_prompt: ' @{image}', must_be_under: 'workdir' },
    token: 'uuid',
    resume_failed_exit: [42],
  },
  pty: {
    argv: ['--skip-trust'],
    busy: { title: 'Working' },
    idle: { title: 'Ready' },
    tick_regex: '([\u2800-\u28ff])[^\\n]*?(\\d+)s',
    interrupt_keys: '\u001b',
    exit_keys: ['\u0003', '\u0003'],
  },
  resume_regex: 'gemini --resume (?<token>[0-9a-f-]{36})',
  command_prefixes: ['/', '!', '@'],
  secrets: ['GEMINI_API_KEY'],
  drivers: ['headless', 'acp', 'pty'],
}

const qwen: ProgramSettings = {
  description: 'Qwen Code, a coding agent',
  bin: 'qwen',
  help: ['--help'],
  acp: { argv: ['--acp'], replays_history: 'yes' },
  headless: {
    format: 'qwen-stream-json',
    start: [
      ...['-o', 'stream-json', '--include-partial-messages', '--session-id', '{new_uuid}'],
      { if: 'model', args: ['-m', '{model}'] },
      { if: 'prompt', args: ['--prompt={prompt}'] },
    ],
    resume: [
      ...['-o', 'stream-json', '--include-partial-messages', '--resume', '{resume}'],
      { if: 'model', args: ['-m', '{model}'] },
      { if: 'prompt', args: ['--prompt={prompt}'] },
    ],
    // In a sandbox it hands on what it reads as an argument of its own that may be an option: only what is too long goes there.
    prompt_via: ['arg', 'stdin'],
    image: { in_prompt: ' @{image}', must_be_under: 'workdir' },
    token: 'uuid',
  },
  pty: {
    argv: [],
    resume: ['--resume', '{resume}'],
    // Idle it has the name of its session there, which may be any.
    busy: { title: ['◐', '✳'] },
    tick_regex: '([\u2800-\u28ff])[^\\n]*\\((\\d+)s',
    // Behind an Escape the prompt would stand where the next one is typed.
    interrupt_keys: '\u0003',
    exit_keys: ['\u0003', '\u0003'],
    dialogs: [
      // Numbers decide at once. What it wants to do stands above, from the line with the arrow on.
      { match: '\\? [^\\n]* ←(?=[^]*[\u2800-\u28ff] Waiting for user confirmation\\.{3}$)', answer: null },
      { match: '[\u2800-\u28ff] Waiting for user confirmation\\.{3}$', answer: null },
    ],
  },
  resume_regex: 'qwen --resume (?<token>[0-9a-f-]{36})',
  command_prefixes: ['/', '!', '@'],
  secrets: ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'],
  drivers: ['headless', 'acp', 'pty'],
}

const opencode: ProgramSettings = {
  description: 'OpenCode, a coding agent',
  bin: 'opencode',
  help: ['run', '--help'],
  acp: { argv: ['acp'], replays_history: 'yes' },
  headless: {
    format: 'opencode-json',
    start: [
      ...['run', '--format', 'json', '--thinking'],
      { if: 'model', args: ['--model', '{model}'] },
      { each: 'image', args: ['--file', '{image}'] },
    ],
    resume: [
      ...['run', '--format', 'json', '--thinking', '--session', '{resume}'],
      { if: 'model', args: ['--model', '{model}'] },
      { each: 'image', args: ['--file', '{image}'] },
    ],
    // Given as an argument, a prompt with a blank in it is put into quotation marks that its model then reads.
    prompt_via: ['stdin'],
    grace_after_done_ms: 3000,
  },
  pty: {
    argv: [],
    ready_timeout_ms: 120_000,
    tick_regex: '([■⬝]{6,32})',
    interrupt_keys: '\u001b',
    exit_keys: ['\u0003', '\u0003'],
  },
  resume_regex: 'opencode -s (?<token>ses_[A-Za-z0-9]+)',
  command_prefixes: ['/', '!', '@'],
  drivers: ['headless', 'acp', 'pty'],
}

const aider: ProgramSettings = {
  description: 'Aider, a coding agent',
  untested: true,
  bin: 'aider',
  help: ['--help'],
  headless: {
    format: 'text',
    start: [
      ...['--yes-always', '--no-stream', '--no-pretty', '--chat-history-file', '{state}/aider/{session}.md'],
      { if: 'resume', args: ['--restore-chat-history'] },
      '--message={prompt}',
    ],
    token: 'session',
  },
  pty: { argv: ['--no-pretty'], prompt_regex: '^(?:\\w+ )?> $' },
  command_prefixes: ['/', '!'],
  secrets: ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'],
}

const claude: ProgramSettings = {
  description: 'Claude Code, a coding agent',
  untested: true,
  bin: 'claude',
  help: ['--help'],
  headless: {
    format: 'text',
    start: ['--print', '--session-id', '{new_uuid}', { if: 'model', args: ['--model', '{model}'] }, '--', '{prompt}'],
    resume: ['--print', '--resume', '{resume}', { if: 'model', args: ['--model', '{model}'] }, '--', '{prompt}'],
    token: 'uuid',
  },
  pty: { argv: [], interrupt_keys: '\u001b' },
  resume_regex: 'claude --resume (?<token>[0-9a-f-]{36})',
  command_prefixes: ['/', '!', '@', '#'],
  secrets: ['ANTHROPIC_API_KEY'],
}

export const builtinPrograms: Readonly<Record<string, ProgramSettings>> = {
  codex,
  gemini,
  opencode,
  qwen,
  aider,
  claude,
  ...interpreters,
}
