import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputMistake } from '../../../src/base/mistakes.js'
import { withBegunExchange } from '../../../src/cli/compose/begun-exchange.js'

const SANDBOX = 'http://127.0.0.1:8181'

let begun: string
let onDays: string
let empty: string

beforeAll(async () => {
  const folder = () => mkdtemp(join(tmpdir(), 'begun-exchange-'))
  ;[begun, onDays, empty] = await Promise.all([folder(), folder(), folder()])
  const settings = { startedAtMs: 1, venue: { exchange: { instruments: [] } }, options: {} }
  const live = { exchange: SANDBOX, stepMs: 5_000, fills: 'exchange' }
  await writeFile(join(begun, 'settings.json'), JSON.stringify({ ...settings, live }))
  await writeFile(join(onDays, 'settings.json'), JSON.stringify(settings))
})

afterAll(() => Promise.all([begun, onDays, empty].map((folder) => rm(folder, { recursive: true }))))

describe('the exchange of a session that goes on', () => {
  it('is the one at which it was begun, where nobody names another', async () => {
    const raw = { out: begun, resume: true, top: '3' }
    expect(await withBegunExchange(raw)).toEqual({ ...raw, exchangeAt: SANDBOX })
  })

  it('may be named, in any spelling of the same address', async () => {
    const raw = { out: begun, resume: true, exchangeAt: `${SANDBOX}/` }
    expect(await withBegunExchange(raw)).toEqual({ ...raw, exchangeAt: SANDBOX })
  })

  it.each(['production', 'demo', 'http://127.0.0.1:8182', 'nowhere'])('is never %s instead', async (exchangeAt) => {
    const refused = withBegunExchange({ out: begun, resume: true, exchangeAt })
    await expect(refused).rejects.toThrow(InputMistake)
    await expect(refused).rejects.toThrow(
      `--exchange-at: expected ${SANDBOX}, where this session was begun, found "${exchangeAt}"`,
    )
  })

  it('is left to the options of a session that begins, that has none, or that is not there', async () => {
    for (const raw of [
      { out: begun, exchangeAt: 'demo' },
      { resume: true, exchangeAt: 'demo' },
      { out: onDays, resume: true, exchangeAt: 'demo' },
      { out: empty, resume: true },
    ])
      expect(await withBegunExchange(raw)).toEqual(raw)
  })
})
