import { stripVTControlCharacters } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { exchangeLog } from '../../../src/cli/compose/alert-log.js'

const AT_MS = Date.UTC(2026, 10, 30, 20, 33, 58, 123)

afterEach(() => {
  vi.restoreAllMocks()
})

/** What stands on stderr, without colours, when a connection tells a notice of each level. */
function toldWith(quiet: boolean): string {
  let said = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text
    return true
  })
  const log = exchangeLog('account', { quiet, nowMs: () => AT_MS + 0.4 })
  for (const level of ['INFO', 'WARNING'] as const) log({ level, code: 'BANNED', message: 'until then' })
  return stripVTControlCharacters(said)
}

describe('what a connection to an exchange says at the terminal', () => {
  it('stands there with its time, how bad it is, and which connection it is', () => {
    expect(toldWith(false)).toBe(
      '2026-11-30 20:33:58.123 INFO      exchange: account, BANNED: until then\n' +
        '2026-11-30 20:33:58.123 WARNING   exchange: account, BANNED: until then\n',
    )
  })

  it('is spared with --quiet where it is routine, and nowhere else', () => {
    expect(toldWith(true)).toBe('2026-11-30 20:33:58.123 WARNING   exchange: account, BANNED: until then\n')
  })
})
