// What start.ts measures, one process each: it does what its first argument says and then prints its memory in bytes.
const [what, dir] = process.argv.slice(2)

async function work(): Promise<void> {
  if (what === 'empty') return
  if (what === 'mastra') {
    const { LibSQLStore } = await import(
      new URL('./peers/node_modules/@mastra/libsql/dist/index.js', import.meta.url).href
    )
    if (typeof LibSQLStore !== 'function') throw new Error('that is not the package that was meant')
    return
  }
  const { openLog } = await import('./daybook.ts')
  const log = await openLog({ dir: dir ?? '.', store: 'sqlite' })
  if (what === 'open') return
  const last = await log.lastListed(0)
  if (last.length !== 4) throw new Error(`${last.length} messages instead of four`)
}

await work()
process.stdout.write(String(process.memoryUsage.rss()), () => process.exit(0))
