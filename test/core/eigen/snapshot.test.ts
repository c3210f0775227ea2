import { describe, expect, it } from 'vitest'
import { Scanner } from '../../../src/core/eigen/scanner.js'
import type { ScannerSnapshot } from '../../../src/core/eigen/snapshot.js'
import { ScannerSnapshotError } from '../../../src/core/eigen/snapshot.js'
import { priceStream, STREAM_KINDS } from '../../support/price-streams.js'

const names = Array.from({ length: 12 }, (_, i) => `S${i}`)
const stamp = { scanNumber: 1, timestampNs: 1n }

/** Through the text of a file and back. */
const stored = (scanner: Scanner) => JSON.parse(JSON.stringify(scanner.snapshot())) as ScannerSnapshot

describe('a scanner that was stopped and restored', () => {
  it.each(STREAM_KINDS)('goes on to the bit on %s', (kind) => {
    const rows = priceStream(kind, { symbols: 12, steps: 1600, seed: 13 }, { gaps: 1e-4, halts: 1e-3 })
    const [through] = [new Scanner(names, 'float64')]
    let restored = new Scanner(names, 'float64')
    for (const [step, row] of rows.entries()) {
      // At irregular steps: empty, before and after each window is full, and long after the ring has turned over.
      if (step % 97 === 0 || step % 150 === 1 || step === 751 || step === 752)
        restored = Scanner.restore(stored(restored))
      expect(restored.push(row, stamp)).toEqual(through.push(row, stamp))
    }
  })

  it('goes on to the bit at 512 bits', () => {
    const rows = priceStream('market', { symbols: 12, steps: 70, seed: 13 }, { halts: 1e-3 })
    const through = new Scanner(names, '512')
    let restored = new Scanner(names, '512')
    for (const [step, row] of rows.entries()) {
      if (step % 5 === 0) restored = Scanner.restore(stored(restored))
      expect(restored.push(row, stamp)).toEqual(through.push(row, stamp))
    }
  })

  it('keeps its symbols and its precision', () => {
    const { symbols, precision } = Scanner.restore(stored(new Scanner(names, '512')))
    expect(symbols).toEqual(names)
    expect(precision).toBe('512')
  })
})

describe('what is not a snapshot', () => {
  const scanner = new Scanner(names)
  for (const row of priceStream('market', { symbols: 12, steps: 60, seed: 1 })) scanner.push(row, stamp)
  const good = stored(scanner)
  const windows = good.windows.map((parts) => [...parts])
  windows[2]![1] = windows[2]![1]!.slice(4)

  it.each([
    ['another schema', { ...good, schema: 'other' }, /expected schema dolphin-scanner\/1, found other/],
    ['no symbols', { ...good, symbols: [] }, /expected a list of symbols/],
    ['another precision', { ...good, precision: 'half' }, /found half/],
    ['steps that are none', { ...good, steps: -1 }, /found -1/],
    ['too few windows', { ...good, windows: [] }, /expected 4 windows/],
    ['prices of another length', { ...good, steps: 59 }, /expected 5664 bytes in prices, found 5760/],
    ['text that is not base64', { ...good, prices: '?' }, /expected base64 in prices/],
    ['a part cut short', { ...good, windows }, /in part 1 of window 300, found/],
  ])('is refused: %s', (_, snapshot, message) => {
    const attempt = () => Scanner.restore(snapshot as unknown as ScannerSnapshot)
    expect(attempt).toThrow(ScannerSnapshotError)
    expect(attempt).toThrow(message)
  })
})
