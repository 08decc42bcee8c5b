// What start.ts measures, one process each: it does what its first argument says and then prints its memory in bytes.
// Plain JavaScript that imports nothing by itself, so that the empty process is empty.
const [what, dir, build] = process.argv.slice(2)

async function work() {
  if (what === 'empty') return
  if (what === 'mastra') {
    const { LibSQLStore } = await import('./peers/node_modules/@mastra/libsql/dist/index.js')
    if (typeof LibSQLStore !== 'function') throw new Error('that is not the package that was meant')
    return
  }
  if (what === 'built') {
    const { openSessions } = await import(`${build}/index.js`)
    const { sqliteStore } = await import(`${build}/store/sqlite.js`)
    await openSessions({ store: sqliteStore({ path: `${dir}/daybook.db` }) })
    return
  }
  const { openLog } = await import('./daybook.ts')
  const log = await openLog({ dir, store: 'sqlite' })
  if (what === 'open') return
  const last = await log.lastListed(0)
  if (last.length !== 4) throw new Error(`${last.length} messages instead of four`)
}

await work()
process.stdout.write(String(process.memoryUsage.rss()), () => process.exit(0))
