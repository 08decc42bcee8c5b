// The process host as a program: `serve <folder> <milliseconds>`, `keep` for its keeper, `become <file>` for what it starts.

import { fileURLToPath } from 'node:url'
import { become, closeInherited } from './inherited.ts'

const [, , what, path = '', idleAfter] = process.argv
if (what === 'become') become(path)
else {
  closeInherited()
  if (what === 'keep') (await import('./keeper.ts')).keepFor(process)
  else await (await import('./serving.ts')).serveFolder(path, Number(idleAfter), fileURLToPath(import.meta.url))
}
