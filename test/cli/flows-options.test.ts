import { describe, expect, it } from 'vitest'
import { dateAsked, flowNamed, flowsChoice } from '../../src/cli/flows-options.js'

const NOW_MS = Date.parse('2026-03-22T10:00:00Z')

describe('the options of flows', () => {
  it('without any are of the bundled days, in a folder, on an embedded grid', async () => {
    const { isBundled, grid, flows } = await flowsChoice({})
    expect([isBundled, grid, flows.folder, flows.redis]).toEqual([true, 'embedded', 'flows', undefined])
  })

  it('win over the configuration', async () => {
    const raw = { days: 'days', folder: 'state', capital: '1000', redis: 'redis://127.0.0.1:6379', posture: 'APEX' }
    const { flows, isBundled, posture } = await flowsChoice(raw)
    expect(flows).toMatchObject({ days: 'days', folder: 'state', capital: 1_000, redis: 'redis://127.0.0.1:6379' })
    expect([isBundled, posture]).toEqual([false, 'APEX'])
  })

  it('are refused with everything that is wrong, and show no password', async () => {
    const raw = { colour: 'red', capital: '-1', posture: 'BRAVE', redis: 'http://who:secret@here' }
    const refused = flowsChoice(raw)
    await expect(refused).rejects.toThrow(/--colour: .*\n--capital: .*\n--posture: .*\n--redis: /)
    await expect(refused).rejects.not.toThrow('secret')
  })

  it('mean a flow that is spelled nearly right', () => {
    expect(() => flowNamed('paper-dya')).toThrow("did you mean 'paper-day'?")
    expect(flowNamed('forewarner')).toBe('forewarner')
  })

  it('without a date mean the newest that is due', () => {
    expect(dateAsked('paper-day', {}, NOW_MS)).toEqual({ flow: 'paper-day', colour: 'blue', stamp: '2026-03-21' })
    expect(dateAsked('forewarner', { colour: 'green' }, NOW_MS).stamp).toBe('2026-03-22T08')
  })

  it.each([
    ['paper-day', '2026-02-30', /expected a date YYYY-MM-DD, found "2026-02-30"/],
    ['paper-day', '2026-03-22', /expected a date that is due, 2026-03-21 at the latest, found "2026-03-22"/],
    ['forewarner', '2026-03-22T03', /expected a slot YYYY-MM-DDTHH, each 4 h from 00, found "2026-03-22T03"/],
  ] as const)('refuse the date of %s %s', (flow, date, says) => {
    expect(() => dateAsked(flow, { date }, NOW_MS)).toThrow(says)
  })
})
