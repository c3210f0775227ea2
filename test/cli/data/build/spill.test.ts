import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openKlines } from '../../../../src/adapters/klines/klines.js'
import { register as registerBuild } from '../../../../src/cli/data/build/run.js'
import { refuseSpill, spillReached } from '../../../../src/cli/data/build/spill.js'
import { EXIT } from '../../../../src/cli/shell/exit-codes.js'
import { type KlineArchive, SpillLimitError } from '../../../../src/ports/klines.js'
import { runCommand } from '../../../support/in-process-command.js'

const SYMBOLS = Array.from({ length: 50 }, (_, i) => `S${i}USDT`)
const root = mkdtempSync(join(tmpdir(), 'dolphin-spill-'))
const at = (...names: string[]) => join(root, ...names)

/** Fifty symbols of one-second bars: 172.8 MB a day. Only the names are looked at. */
let months: KlineArchive
let days: KlineArchive
beforeAll(async () => {
  for (const folder of ['months', 'days']) mkdirSync(at(folder))
  for (const symbol of SYMBOLS) {
    writeFileSync(at('months', `${symbol}-1s-2025-05.csv`), '')
    for (const day of ['10', '11', '12']) writeFileSync(at('days', `${symbol}-1s-2025-05-${day}.csv`), '')
  }
  months = await openKlines([at('months')])
  days = await openKlines([at('days')])
})
afterAll(async () => {
  await months.close()
  await days.close()
  rmSync(root, { recursive: true })
})

const plan = { out: '/days', symbols: SYMBOLS, from: '2025-05-01', to: '2025-05-31', limitBytes: 4e9, freeBytes: 1e12 }

describe('the room that archives will need', () => {
  it('is known from their names: a month of fifty symbols by the second is 5.4 GB, its days are in memory', () => {
    expect(months.spillBytes(SYMBOLS, '2025-05-01', '2025-05-31')).toBe(50 * 31 * 86_400 * 40)
    expect(months.spillBytes(SYMBOLS, '2025-05-30', '2025-06-30')).toBe(50 * 2 * 86_400 * 40)
    expect(months.spillBytes(SYMBOLS.slice(0, 2), '2025-05-01', '2025-05-31')).toBe(0)
    expect(months.spillBytes(SYMBOLS, '2025-06-01', '2025-06-30')).toBe(0)
    expect(days.spillBytes(SYMBOLS, '2025-05-01', '2025-05-31')).toBe(0)
  })

  it('beyond the limit is refused with what is needed, what was found, and the days that fit', () => {
    expect(() => refuseSpill(months, plan)).toThrow(
      expect.objectContaining({
        message:
          '--spill-limit: the days from 2025-05-01 to 2025-05-31 need about 5.4 GB for decoded prices in /days, found a limit of 4 GB',
        hint:
          'Build fewer days at once (--to 2025-05-23, then again with a later one), give archives of days in place of months, ' +
          'take fewer symbols (--universe), or allow more (--spill-limit).',
      }),
    )
    expect(() => refuseSpill(months, { ...plan, to: '2025-05-23' })).not.toThrow()
    expect(() => refuseSpill(months, { ...plan, from: '2025-05-24' })).not.toThrow()
  })

  it('beyond what the disk has left is refused, too', () => {
    const full = { ...plan, limitBytes: 1e10, freeBytes: 1e8 }
    expect(() => refuseSpill(months, full)).toThrow(/need about 5\.4 GB .* found 100 MB free there/)
    expect(() => refuseSpill(months, { ...full, freeBytes: 1e11 })).not.toThrow()
  })
})

it('a limit that is reached on the way says what was needed by then', () => {
  expect(spillReached(new SpillLimitError(5e9, 4e9), '/days').message).toBe(
    '--spill-limit: decoded prices need at least 5 GB in /days, found a limit of 4 GB',
  )
})

describe('dolphin data build', () => {
  const build = (...args: string[]) =>
    runCommand(registerBuild, ['build', '--universe', 'all', '--out', at('out'), '--klines', at('months'), ...args])

  it('refuses at once what will not fit, and leaves nothing', async () => {
    const { code, stderr } = await build('--spill-limit', '300MB')
    expect(code).toBe(EXIT.usage)
    expect(stderr).toContain('need about 5.4 GB for decoded prices')
    expect(stderr).toContain('found a limit of 300 MB')
    expect(stderr).toContain('--to 2025-05-01')
    expect(readdirSync(root)).not.toContain('out')
  })

  it('refuses a limit that is no size', async () => {
    const { code, stderr } = await build('--spill-limit', 'lots')
    expect([code, stderr]).toEqual([
      EXIT.usage,
      expect.stringContaining('--spill-limit: expected a size such as 500MB, 4GB or 2GiB, found "lots"'),
    ])
  })
})
