import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CrashRig } from './crash-rig.js'
import { type Evidence, lawsAfterKill, lawsAtRest } from './evidence.js'

const SEED = 20_261
/** `npm run crash -- --what exchange --kills 500` looks for what nobody thought of. */
const KILLS = 4

describe('an executor that trades through the adapter and is killed again and again', () => {
  let folder = ''
  let evidence: Evidence
  const broken: string[] = []
  const covered: (string | undefined)[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dolphin-crash-'))
    const rig = await CrashRig.start(SEED, folder, 'sandbox')
    const judge = async ({ wrong }: { readonly wrong: string | undefined }) =>
      broken.push(...(wrong === undefined ? [] : [wrong]), ...lawsAfterKill(await rig.evidence()))
    try {
      // Its entry has just been made, and no stop has been sent.
      await judge(await rig.lifeUntilTraded('fill', 1))
      const cover = await rig.cover()
      covered.push(cover === undefined ? 'nothing was left without a stop' : cover.problem)
      for (let life = 1; life <= KILLS; life++) await judge(await rig.life(life))
      await judge(await rig.lifeUntilTraded('fill', 3))
      evidence = await rig.rest()
    } finally {
      await rig.close()
    }
  }, 600_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('loses no fill, counts none twice, makes no order twice, and its books are the wallet to the digit', () => {
    expect([...broken, ...lawsAtRest(evidence)]).toEqual([])
    expect(evidence.fills.length).toBeGreaterThan(3)
  })

  it('leaves a position without a stop only until its next start', () => {
    expect(covered).toEqual([undefined])
  })

  it('sends its orders and its stops to the exchange itself', () => {
    expect([...evidence.submits.keys()].some((id) => /\.s\d+$/.test(id))).toBe(true)
    expect(evidence.settings.instruments[0]!.identity.exchange).toBe('BINANCE_USDM')
  })

  it.each<[string, RegExp, (held: Evidence) => Evidence]>([
    ['a fill that was lost', /fills made and recorded differ/, (held) => ({ ...held, fills: held.fills.slice(1) })],
    ['money that was lost', /USD by the books/, (held) => ({ ...held, walletUsd: '1' })],
    [
      'a stop that is left behind',
      /P\.s1 rests at the exchange/,
      (held) => ({ ...held, openOrders: [{ clientOrderId: 'P.s1' }] }),
    ],
  ])('would be found out: %s', (_, law, tamper) => {
    expect(lawsAtRest(tamper(evidence)).some((found) => law.test(found))).toBe(true)
  })
})
