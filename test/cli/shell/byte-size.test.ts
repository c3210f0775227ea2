import { expect, it } from 'vitest'
import { bytesText, parseBytes } from '../../../src/cli/shell/byte-size.js'

it.each([
  ['1B', 1],
  ['500MB', 500_000_000],
  ['4GB', 4_000_000_000],
  ['1.5 GiB', 1_610_612_736],
  ['10kB', 10_000],
  ['2TiB', 2 ** 41],
  ['', undefined],
  ['4', undefined],
  ['0GB', undefined],
  ['-1GB', undefined],
  ['4G', undefined],
  ['4 gb', undefined],
  ['1e3MB', undefined],
  ['9999999TB', undefined],
])('%j is %s bytes', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes)
})

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [5_356_800_000, '5.4 GB'],
  [268_435_456, '268 MB'],
  [12_000_000_000_000, '12 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
