import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { renderHtmlReport } from '../../../src/adapters/report/html-report.js'
import {
  flawlessReport,
  hostileReport,
  longReport,
  reportWithoutTimestamps,
  reportWithoutTrades,
  researchReport,
  ruinedReport,
  sampleReport,
} from '../../support/sample-report.js'

describe('the HTML report', () => {
  test('the same report is the same bytes, whatever the time zone', () => {
    const page = renderHtmlReport(sampleReport())
    expect(renderHtmlReport(structuredClone(sampleReport()))).toBe(page)
    const zone = process.env.TZ
    try {
      process.env.TZ = 'Pacific/Apia'
      expect(renderHtmlReport(sampleReport())).toBe(page)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  test('every inlined script and style is allowed by its hash, and nothing else is allowed', () => {
    const page = renderHtmlReport(sampleReport())
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'")
    const inlined = [...page.matchAll(/<(script|style)>([\s\S]*?)<\/\1>/g)]
    expect(inlined.map((match) => match[1])).toEqual(['style', 'style', 'script', 'script'])
    for (const [, , text] of inlined) {
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text!, 'utf8').digest('base64')}'`)
    }
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|https?:|\*|connect-src/)
    expect(page).not.toMatch(/\sstyle="|\son\w+="|<link(?! rel="icon" href="data:,")/)
  })

  test.each([
    ['sample', sampleReport()],
    ['no trades', reportWithoutTrades()],
    ['no days', { ...reportWithoutTrades(0), from: null, to: null }],
    ['ruined', ruinedReport()],
    ['flawless, one day', flawlessReport()],
    ['timeless', reportWithoutTimestamps()],
    ['research', researchReport()],
    ['400 days', longReport(800, 400)],
  ])('%s: no figure is spelled NaN, undefined or null', (_, report) => {
    const text = renderHtmlReport(report).replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    expect(text).not.toMatch(/NaN|undefined|\bnull\b|\[object/)
  })

  test('the flawless run has an infinite profit factor', () => {
    expect(renderHtmlReport(flawlessReport())).toMatch(/Profit factor<\/dt>\s*<dd class="simulated ">∞/)
  })

  test('a research run says so and names each drift; the champion does not', () => {
    const page = renderHtmlReport(researchReport())
    expect(page).toContain('RESEARCH')
    expect(page).toContain('fixed_tp_pct: 0.0095 -&gt; 0.012')
    expect(page).toContain('2 days skipped')
    expect(page).toContain('column vel_div is missing')
    expect(page).toContain('<code>max_hold_bars</code> 90 = <strong>1 h 30 min</strong>')
    expect(page).toContain('Open position')
    expect(renderHtmlReport(sampleReport())).not.toContain('RESEARCH')
  })

  test('cost-free fills say so', () => {
    expect(renderHtmlReport({ ...sampleReport(), fills: 'bar-price' })).toContain('<strong>Cost-free.</strong>')
    expect(renderHtmlReport(sampleReport())).not.toMatch(/cost-free/i)
  })

  test('a run that lost more than it had is called ruin', () => {
    expect(renderHtmlReport(ruinedReport())).toContain('<strong>Ruin.</strong>')
    expect(renderHtmlReport(sampleReport())).not.toContain('<strong>Ruin.</strong>')
  })

  test('costs that do not add up are called out', () => {
    const report = sampleReport()
    const page = renderHtmlReport({ ...report, costs: { ...report.costs, net: report.costs.net + 5 } })
    expect(page).toContain('The steps miss net by +$5.00.')
  })

  test('no text of a report becomes markup', () => {
    const page = renderHtmlReport(hostileReport())
    expect(page).not.toContain('<script>window.pwned')
    expect(page).not.toContain('<img')
    expect(page.match(/<script/g)).toHaveLength(3)
  })

  test('ten thousand trades stay below four megabytes', () => {
    expect(renderHtmlReport(longReport(10_000, 400)).length).toBeLessThan(4_000_000)
  })
})
