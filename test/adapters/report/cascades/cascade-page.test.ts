import { describe, expect, test } from 'vitest'
import { renderCascadePage } from '../../../../src/adapters/report/cascades/cascade-page.js'
import { sampleCascade, sampleCascadePage } from '../../../support/sample-cascades.js'

describe('the page of cascades', () => {
  test('is the same bytes for the same data', () => {
    expect(renderCascadePage(sampleCascadePage())).toBe(renderCascadePage(sampleCascadePage()))
  })

  test('links each row of its table to a chart, and says how many have none', () => {
    const page = renderCascadePage(sampleCascadePage(5, 3))
    for (const id of [1, 2, 3]) {
      expect(page).toContain(`href="#cascade-${id}"`)
      expect(page).toContain(`<section class="card cascade" id="cascade-${id}"`)
    }
    expect(page).not.toContain('id="cascade-4"')
    expect(page).toContain('The 3 with the largest drop of open interest have a chart; 2 others have a row.')
  })

  test('tells of cascades without a price, and that labels say nothing about what will be', () => {
    const page = renderCascadePage({ ...sampleCascadePage(1), unpriced: 2 })
    expect(page).toContain('2 cascades without a price')
    expect(page).toContain('They say what happened, and nothing about what will.')
    expect(renderCascadePage(sampleCascadePage(1))).not.toContain('without a price')
  })

  test('of no cascade says so', () => {
    expect(renderCascadePage(sampleCascadePage(0))).toContain('No cascade was found by these rules.')
  })

  test('shows two thousand rows at most and says how many more there are', () => {
    const one = sampleCascade(1, false)
    const cascades = Array.from({ length: 2_001 }, (_, i) => ({ ...one, cascadeId: i + 1 }))
    const page = renderCascadePage({ ...sampleCascadePage(0), cascades })
    expect(page.match(/<tr><td/g)).toHaveLength(2_000)
    expect(page).toContain('The first 2,000 cascades in time; 1 more are in')
  })

  test('takes every text for text, in markup and in the data of its script', () => {
    const hostile = '</script><script>alert(1)</script>"\'<img src=x onerror=alert(1)>'
    const cascades = sampleCascadePage(1).cascades.map((cascade) => ({ ...cascade, coin: hostile, outcome: hostile }))
    const page = renderCascadePage({ ...sampleCascadePage(1), cascades, recordings: [hostile] })
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<img')
    expect(page).toContain('default-src &#39;none&#39;')
    expect(page).not.toMatch(/unsafe-inline| style="| on[a-z]+="/)
  })

  test('of a chart with thirty thousand marks and ten thousand liquidations takes less than 60 kB', () => {
    const cascade = sampleCascade(1)
    const { recorded } = cascade
    const marks = Array.from({ length: 30_000 }, (_, i) => ({ tsMs: recorded!.fromMs + i * 20, value: 100 + (i % 77) }))
    const liquidations = Array.from({ length: 10_000 }, (_, i) => ({
      ...{ tsMs: recorded!.fromMs + i * 60, price: 100, valueUsd: i + 1 },
      side: i % 2 === 0 ? ('SELL' as const) : ('BUY' as const),
    }))
    const cascades = [{ ...cascade, recorded: { ...recorded!, marks, liquidations } }]
    const page = renderCascadePage({ ...sampleCascadePage(0), cascades })
    expect(page.length - renderCascadePage(sampleCascadePage(0)).length).toBeLessThan(60_000)
  })
})
