// Loads a peer by name, only when a bench asks for it: their packages are installed apart and may be missing.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Peer } from './peers/peer.ts'

export type PeerName = 'blob-full' | 'blob-normal' | 'langgraph' | 'langgraph-plain' | 'mastra' | 'openai-memory'

const files: Record<PeerName, readonly [file: string, maker: string, ...given: string[]]> = {
  'blob-full': ['blob.ts', 'blob', 'FULL'],
  'blob-normal': ['blob.ts', 'blob', 'NORMAL'],
  langgraph: ['langgraph.ts', 'langgraph', 'classes'],
  'langgraph-plain': ['langgraph.ts', 'langgraph', 'objects'],
  mastra: ['mastra.ts', 'mastra'],
  'openai-memory': ['openai-memory.ts', 'openaiMemory'],
}

export async function loadPeer(name: PeerName): Promise<Peer> {
  const [file, maker, ...given] = files[name]
  const module = (await import(pathToFileURL(join(import.meta.dirname, 'peers', file)).href)) as Record<
    string,
    (...given: string[]) => Peer
  >
  const make = module[maker]
  if (make === undefined) throw new Error(`bench/peers/${file} exports no ${maker}`)
  return make(...given)
}
