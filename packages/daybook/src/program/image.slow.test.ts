// Images for programs: told by their bytes, and taken only from where they may be.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { isDaybookError } from '../schema/errors.ts'
import { checkImage, imageType, largestImage } from './image.ts'

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex')
const bytes = (text: string) => Buffer.from(text, 'latin1')

test('an image is told by its first bytes, whatever it is called', () => {
  assert.equal(imageType(png), 'image/png')
  assert.equal(imageType(bytes('\xff\xd8\xff\xe0')), 'image/jpeg')
  assert.equal(imageType(bytes('GIF87a')), 'image/gif')
  assert.equal(imageType(bytes('GIF89a…')), 'image/gif')
  assert.equal(imageType(bytes('RIFF\x01\x02\x03\x04WEBPVP8 ')), 'image/webp')
  for (const other of ['', '\x89PN', 'RIFF\x01\x02\x03\x04WAVEfmt ', '<svg/>', 'GIF88a', '%PDF-1.7', '\xff\xd8']) {
    assert.equal(imageType(bytes(other)), null, other)
  }
})

suite('images of a folder', () => {
  let folder = ''
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daybook-images-')))
    for (const name of ['in', 'in/below', 'in2']) mkdirSync(join(folder, name))
    writeFileSync(join(folder, 'in/below/a b.png'), png)
    writeFileSync(join(folder, 'in2/other.png'), png)
    writeFileSync(join(folder, 'in/page.png'), '<html>')
    writeFileSync(join(folder, 'in/large.png'), png)
    truncateSync(join(folder, 'in/large.png'), largestImage + 1)
    writeFileSync(join(folder, 'in/full.png'), png)
    truncateSync(join(folder, 'in/full.png'), largestImage)
    symlinkSync(join(folder, 'in2'), join(folder, 'in/out'))
    symlinkSync(join(folder, 'in'), join(folder, 'way in'))
    symlinkSync('nowhere', join(folder, 'in/lost.png'))
  })
  after(() => rmSync(folder, { recursive: true }))

  async function codeOf(path: string, allowed = ['in']): Promise<string> {
    try {
      await checkImage(
        join(folder, path),
        allowed.map((one) => join(folder, one)),
      )
    } catch (error) {
      return isDaybookError(error) ? error.code : String(error)
    }
    return 'taken'
  }

  test('one below an allowed folder is taken as it really is', async () => {
    const found = await checkImage(join(folder, 'way in/below/a b.png'), [join(folder, 'in')])
    assert.deepEqual(found, { path: join(folder, 'in/below/a b.png'), type: 'image/png', size: 12 })
    assert.equal(await codeOf('in/full.png'), 'taken')
    assert.equal(await codeOf('in2/other.png', ['nowhere', 'in2']), 'taken')
  })

  test('what lies elsewhere, also behind a link, is forbidden', async () => {
    assert.equal(await codeOf('in/out/other.png'), 'forbidden')
    assert.equal(await codeOf('in/../in2/other.png'), 'forbidden')
    assert.equal(await codeOf('in2/other.png'), 'forbidden')
    assert.equal(await codeOf('in/below/a b.png', []), 'forbidden')
  })

  test('what is no image, too large or not there is refused by its code', async () => {
    assert.equal(await codeOf('in/page.png'), 'invalid')
    assert.equal(await codeOf('in/below'), 'invalid')
    assert.equal(await codeOf('in'), 'invalid')
    assert.equal(await codeOf('in/lost.png'), 'invalid')
    assert.equal(await codeOf('in/page.png/x'), 'invalid')
    assert.equal(await codeOf('in/large.png'), 'too_large')
  })
})
