// Builds the page into the server package where its sources are newer, in words for whoever starts the server.
import { buildPage } from './lib/page.ts'

const started = performance.now()
const state = await buildPage(() => console.error('building the page, once for these sources …'))
const words = {
  fresh: null,
  built: `the page was built in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  'no vite':
    'the page is not built, for vite is not installed: npm ci (without --omit=dev) brings it; a small page is served',
}[state]
if (words !== null) console.error(words)
