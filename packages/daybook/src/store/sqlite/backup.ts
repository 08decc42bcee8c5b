// A consistent copy of the file while others go on writing, with the blobs beside it.

import { existsSync } from 'node:fs'
import { copyFile, link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { backup } from 'node:sqlite'
import { DaybookError } from '../../schema/errors.ts'
import { blobPath } from './blobs.ts'
import { Connection } from './connection.ts'

/** All pages in one step: a copy in pieces would begin anew with every commit of another connection. */
const allPages = 0x7fffffff

/** Complete under its name or not there; `exists` when something has that name. Answers its size in bytes. */
export async function backupFile(source: Connection, path: string, to: string): Promise<number> {
  const target = resolve(to)
  if (existsSync(target)) throw taken(to)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const temporary = `${target}.${crypto.randomUUID()}.part`
  try {
    await (await open(temporary, 'wx', 0o600)).close()
    await backup(source.db, temporary, { rate: allPages })
    let bytes = await copyBlobs(temporary, path, target)
    const file = await open(temporary, 'r+')
    await file.sync()
    await file.close()
    bytes += (await stat(temporary)).size
    await publish(temporary, target)
    return bytes
  } finally {
    for (const ending of ['', '-wal', '-shm', '-journal']) await rm(`${temporary}${ending}`, { force: true })
  }
}

/** The new name must not replace a file that came meanwhile. */
async function publish(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw taken(target)
    // File systems without hard links.
    if (existsSync(target)) throw taken(target)
    await rename(temporary, target)
  }
}

function taken(path: string): DaybookError {
  return new DaybookError('exists', `There is a file already: ${path}`)
}

async function copyBlobs(copy: string, path: string, target: string): Promise<number> {
  const connection = new Connection({ path: copy })
  let bytes = 0
  try {
    const known = connection.sql("SELECT 1 FROM sqlite_schema WHERE name = 'blobs'").get()
    const rows = known ? connection.sql('SELECT DISTINCT hash, size FROM blobs WHERE bytes IS NULL').all() : []
    for (const row of rows) {
      const to = blobPath(target, String(row.hash))
      await mkdir(dirname(to), { recursive: true, mode: 0o700 })
      await copyFile(blobPath(path, String(row.hash)), to)
      bytes += Number(row.size)
    }
    // One file without a log beside it; the next to open it turns the log on again.
    connection.db.exec('PRAGMA journal_mode = DELETE')
  } finally {
    connection.close()
  }
  return bytes
}
