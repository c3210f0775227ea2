import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { archiveText, type Bar, inputFolder, readAll, refusalOf, tidyText, zipOf } from './inputs.js'

const write = inputFolder()

const BARS: Bar[] = [
  { symbol: 'BTCUSDT', timeMs: Date.UTC(2025, 4, 10), close: '95000', volume: '5', taker: '2' },
  { symbol: 'BTCUSDT', timeMs: Date.UTC(2025, 4, 10, 1), close: '95001', volume: '5', taker: '2' },
]
const ZIP = 'BTCUSDT-1h-2025-05-10.zip'
const CONTENT = zipOf('BTCUSDT-1h-2025-05-10.csv', archiveText(BARS))
const HASH = createHash('sha256').update(CONTENT).digest('hex')
const OTHER = 'f'.repeat(64)

describe('a .CHECKSUM beside a file', () => {
  test.each([
    `${HASH}  ${ZIP}\n`,
    `\uFEFF${HASH}  ${ZIP}\r`,
    `${HASH.toUpperCase()} *${ZIP}\r\n`,
    `${OTHER}  other.zip\n${HASH}  ${ZIP}\n`,
  ])('that describes it lets it pass: %#', async (list) => {
    const folder = write({ [ZIP]: CONTENT, [`${ZIP}.CHECKSUM`]: list })
    expect(Object.keys(await readAll([folder]))).toEqual(['BTCUSDT 2025-05-10'])
  })

  test('that describes another file refuses it, with both hashes', async () => {
    const folder = write({ [ZIP]: CONTENT, [`${ZIP}.CHECKSUM`]: `${OTHER}  ${ZIP}\n` })
    expect(await refusalOf(folder)).toBe(`${ZIP}: expected SHA-256 ${OTHER} as ${ZIP}.CHECKSUM says, found ${HASH}`)
    expect(Object.keys(await readAll([folder], { checksums: false }))).toEqual(['BTCUSDT 2025-05-10'])
  })

  test('of another form is refused itself', async () => {
    for (const list of ['', '<html>404</html>', `${HASH}  other.zip\n`, `${HASH.slice(1)}  ${ZIP}\n`]) {
      const folder = write({ [ZIP]: CONTENT, [`${ZIP}.CHECKSUM`]: list })
      const message = `${ZIP}.CHECKSUM:1: expected a SHA-256 and the name of the file, as sha256sum writes them (${ZIP}), found `
      expect(await refusalOf(folder)).toContain(message)
    }
  })

  test('is looked at for tables as well, and for a file that is given by itself', async () => {
    const table = tidyText(BARS)
    const folder = write({ 'p.csv': table, 'p.csv.CHECKSUM': `${OTHER}  p.csv\n` })
    const found = createHash('sha256').update(table).digest('hex')
    expect(await refusalOf(folder, [join(folder, 'p.csv')])).toBe(
      `p.csv: expected SHA-256 ${OTHER} as p.csv.CHECKSUM says, found ${found}`,
    )
  })
})
