// Loaded before the bin by tests: plays an old node, or tells at the end which modules were loaded.
import { registerHooks } from 'node:module'

if (process.env.TEST_PLAY_NODE !== undefined) {
  Object.defineProperty(process.versions, 'node', { value: process.env.TEST_PLAY_NODE })
}
if (process.env.TEST_TELL_MODULES !== undefined) {
  const loaded = []
  registerHooks({
    load(url, context, next) {
      loaded.push(url)
      return next(url, context)
    },
  })
  process.on('exit', () => process.stderr.write(`${loaded.join('\n')}\n`))
}
