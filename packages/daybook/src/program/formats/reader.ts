// The reader of each format of output.

import type { FormatName, FormatReader } from '../contract.ts'
import { CodexReader } from './codex.ts'
import { GeminiReader } from './gemini.ts'
import { OpencodeReader } from './opencode.ts'
import { QwenReader } from './qwen.ts'
import { TextReader } from './text.ts'

/** A new one for each turn. */
export function readerOf(format: FormatName): FormatReader {
  switch (format) {
    case 'text':
      return new TextReader()
    case 'codex-jsonl':
      return new CodexReader()
    case 'gemini-stream-json':
      return new GeminiReader()
    case 'opencode-json':
      return new OpencodeReader()
    case 'qwen-stream-json':
      return new QwenReader()
  }
}
