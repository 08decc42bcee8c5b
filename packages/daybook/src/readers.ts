// Composes the readers of all known agents, by themselves: a greeting looks for files and needs no log to do so.

import { chatgpt } from './transcripts/chatgpt.ts'
import { claude } from './transcripts/claude.ts'
import { codex } from './transcripts/codex.ts'
import type { TranscriptReader } from './transcripts/contract.ts'
import { gemini } from './transcripts/gemini.ts'
import { opencode } from './transcripts/opencode.ts'
import { qwen } from './transcripts/qwen.ts'

export const readers: readonly TranscriptReader[] = Object.freeze([claude, codex, gemini, opencode, qwen, chatgpt])
