// Proves that every peer really keeps what the benches give it: node bench/peers/check.ts
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blob } from './blob.ts'
import { langgraph } from './langgraph.ts'
import { mastra } from './mastra.ts'
import { openaiMemory } from './openai-memory.ts'
import { check } from './peer.ts'

const dir = mkdtempSync(join(tmpdir(), 'daybook-peers-'))
try {
  for (const peer of [blob('NORMAL'), langgraph('classes'), langgraph('objects'), mastra(), openaiMemory()]) {
    await check(peer, dir)
    console.log(`${peer.name}: ok`)
  }
} finally {
  rmSync(dir, { recursive: true, force: true })
}
