// The folder in memory is taken only where tests can do in it what they do in any other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quickTemp } from './quick-temp.ts'

const mount = (options: string, type = 'tmpfs'): string =>
  `proc /proc proc rw 0 0\n${type} /dev/shm ${type} ${options} 0 0\n`

test('a folder in memory is taken from which programs may be started, and no other', () => {
  for (const mounts of ['', 'proc /proc proc rw 0 0\n', mount('rw,nosuid,noexec'), mount('ro'), mount('rw', 'ext4')]) {
    assert.equal(quickTemp(mounts), null, mounts)
  }
  assert.ok([null, '/dev/shm'].includes(quickTemp(mount('rw,nosuid,nodev'))))
  assert.ok([null, '/dev/shm'].includes(quickTemp()))
})

test('what was mounted last counts', () => {
  assert.equal(quickTemp(mount('rw') + mount('rw,noexec')), null)
})
