import { readFileSync } from 'node:fs'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  formatPercent,
  formatPercentChange,
  formatProfitFactor,
  formatUsd,
} from '../../../src/adapters/report/format.js'
import { renderHtmlReport } from '../../../src/adapters/report/html-report.js'
import type { BacktestReport } from '../../../src/ports/vocabulary/report.js'
import { BrowserPages, PHONE, WIDE } from '../../support/browser-pages.js'
import { findChromium } from '../../support/chromium.js'
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
import { until } from '../../support/until.js'

const chromium = findChromium()

describe.skipIf(chromium === undefined)('the HTML report in a browser', () => {
  const pages = new BrowserPages()

  beforeAll(() => pages.start(chromium!))
  afterAll(() => pages.stop())
  afterEach(async () => {
    expect(await pages.close(), 'console errors and requests').toEqual([])
  })

  function open(report: BacktestReport, options?: BrowserContextOptions): Promise<Page> {
    return pages.open(renderHtmlReport(report), options)
  }

  const cases: readonly (readonly [string, BacktestReport])[] = [
    ['sample', sampleReport()],
    ['no trades', reportWithoutTrades()],
    ['no days', { ...reportWithoutTrades(0), from: null, to: null }],
    ['ruined', ruinedReport()],
    ['flawless, one day', flawlessReport()],
    ['timeless', reportWithoutTimestamps()],
    ['research', researchReport()],
    ['hostile', hostileReport()],
    ['400 days', longReport(3000, 400)],
  ]

  test.each(cases)(
    '%s: opens without an error or a request, draws both charts, fits phone and desk',
    async (_, report) => {
      const page = await open(report, PHONE)
      expect(await overflowPx(page)).toBeLessThanOrEqual(0)
      expect(await drawnPixels(page, '#equity')).toBeGreaterThan(200)
      expect(await drawnPixels(page, '#drawdown')).toBeGreaterThan(200)
      await page.setViewportSize({ width: 1440, height: 900 })
      expect(await overflowPx(page)).toBeLessThanOrEqual(0)
      expect(await page.evaluate('window.pwned')).toBeUndefined()
    },
  )

  test('headline figures are the report’s, with and without the simulated edge', async () => {
    const report = sampleReport()
    const page = await open(report)
    const shown = async (figure: string, line: string) =>
      (await page.locator(`[data-figure="${figure}"] .${line}`).textContent())?.trim()
    const rows = [
      ['roi', formatPercentChange(report.figures.roi), formatPercentChange(report.figuresWithoutEdge.roi)],
      [
        'profit-factor',
        formatProfitFactor(report.figures.profitFactor),
        formatProfitFactor(report.figuresWithoutEdge.profitFactor),
      ],
      ['win-rate', formatPercent(report.figures.winRate, 1), formatPercent(report.figuresWithoutEdge.winRate, 1)],
      ['max-drawdown', formatPercent(report.figures.maxDrawdown), formatPercent(report.figuresWithoutEdge.maxDrawdown)],
      ['sharpe', report.figures.sharpe.toFixed(2), report.figuresWithoutEdge.sharpe.toFixed(2)],
      ['trades', '201', '201'],
      ['final-capital', formatUsd(report.finalCapital), '$25,597.64'],
    ] as const
    for (const [figure, simulated, withoutEdge] of rows) {
      expect(await shown(figure, 'simulated')).toBe(simulated)
      expect(await shown(figure, 'without-edge .value')).toBe(withoutEdge)
    }
  })

  test('figures that buy-and-hold has stand beside its own, and the page says what it is', async () => {
    const page = await open(sampleReport())
    const values = page.locator('.tile .baseline .value')
    expect(await values.allTextContents()).toEqual(['$25,900.00', '+3.60%', '8.10%', '0.74'])
    expect(await page.locator('.edge-share').textContent()).toContain('the whole capital in BTCUSDT')
    const without = await open(sampleReport({ baseline: null }))
    expect(await without.locator('.tile .baseline').count()).toBe(0)
    expect(await without.locator('.edge-share').textContent()).not.toContain('Buy and hold')
  })

  test('sorting moves the rows and says so', async () => {
    const report = sampleReport()
    const page = await open(report)
    const head = page.locator('th[data-column="net"]')
    await head.getByRole('button').focus()
    await page.keyboard.press('Enter')
    expect(await head.getAttribute('aria-sort')).toBe('descending')
    const best = report.trades.reduce((a, b) => (b.net > a.net ? b : a))
    expect(await firstRow(page)).toContain(best.asset)
    expect(await firstRow(page)).toContain(String(report.trades.indexOf(best) + 1))
    await page.keyboard.press('Enter')
    expect(await head.getAttribute('aria-sort')).toBe('ascending')
    const worst = report.trades.reduce((a, b) => (b.net < a.net ? b : a))
    expect(await firstRow(page)).toContain(worst.asset)
    expect(await page.locator('#trade-list th[aria-sort]').count()).toBe(1)
  })

  test('the tables of assets and days sort too', async () => {
    const page = await open(sampleReport())
    const first = () => page.locator('section:has(#assets-title) tbody tr').first().textContent()
    const before = await first()
    await page.locator('section:has(#assets-title) th button', { hasText: 'Trades' }).click()
    expect(await first()).toContain('LAYERUSDT')
    expect(await first()).not.toBe(before)
  })

  test('filters narrow the rows, the totals follow, and clearing brings all back', async () => {
    const report = sampleReport()
    const page = await open(report)
    const rows = page.locator('#trade-list tbody tr')
    expect(await rows.count()).toBe(50)
    await page.locator('[name="asset"]').selectOption('ETHUSDT')
    expect(await rows.count()).toBe(2)
    expect(await page.locator('#trade-totals').textContent()).toContain('2 of 201 trades')
    await page.getByLabel('Search').fill('nothing like this')
    expect(await rows.textContent()).toContain('No trade matches')
    await page.getByRole('button', { name: 'Clear' }).click()
    await until(async () => (await rows.count()) === 50)
    await page.locator('[name="outcome"]').selectOption('win')
    expect(await page.locator('#trade-totals').textContent()).toContain('110 of 201 trades')
    await page.getByLabel('Search').fill('sui')
    const assets = await page.locator('#trade-list tbody td.asset').allTextContents()
    expect(new Set(assets)).toEqual(new Set(['SUIUSDT']))
  })

  test('pages run from the first trade to the last', async () => {
    const page = await open(sampleReport())
    await page.getByRole('button', { name: 'Last page' }).click()
    expect(await page.locator('#trade-page').textContent()).toBe('201 – 201 of 201')
    expect(await page.getByRole('button', { name: 'Next page' }).isDisabled()).toBe(true)
    await page.getByLabel('Rows').selectOption('250')
    expect(await page.locator('#trade-list tbody tr').count()).toBe(201)
  })

  test('the CSV download holds the filtered trades, without a connection', async () => {
    const page = await open(sampleReport())
    await page.locator('[name="asset"]').selectOption('BCHUSDT')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('champion-short-2025-05-09-2025-06-03-trades.csv')
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(lines).toHaveLength(5)
    for (const line of lines.slice(1)) expect(line).toContain('BCHUSDT')
  })

  test('sorting twelve thousand trades draws only the rows in view', async () => {
    const page = await open(longReport(12_000, 400))
    expect(await page.locator('#trade-list tbody tr').count()).toBe(50)
    const drawnRows = await page.evaluate(() => {
      interface Records {
        observe(node: unknown, options: object): void
        takeRecords(): { readonly addedNodes: { readonly length: number } }[]
      }
      const { document, MutationObserver } = globalThis as unknown as {
        document: { querySelector(css: string): { click(): void } }
        MutationObserver: new (heard: () => void) => Records
      }
      const observer = new MutationObserver(() => undefined)
      observer.observe(document.querySelector('#trade-list tbody'), { childList: true })
      document.querySelector('th[data-column="net"] button').click()
      return observer.takeRecords().reduce((rows, record) => rows + record.addedNodes.length, 0)
    })
    // A sort draws the rows in view anew, not every trade.
    expect(drawnRows).toBeGreaterThan(0)
    expect(drawnRows).toBeLessThanOrEqual(50)
  })

  test('charts zoom together, read out by keyboard, and hide a line on request', async () => {
    const page = await open(sampleReport())
    const before = await page.locator('#equity canvas').screenshot()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await until(async () => !before.equals(await page.locator('#equity canvas').screenshot()))
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.locator('#equity').focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#reading').textContent()).toContain('#1 XLMUSDT MAX_HOLD −$14.43')
    const tooltip = page.locator('#equity .tooltip')
    await until(async () => (await tooltip.textContent())?.includes('Without edge $24,981.54'))
    const toggle = page.getByRole('button', { name: 'Without edge', exact: true })
    await toggle.click()
    expect(await toggle.getAttribute('aria-pressed')).toBe('false')
  })

  test('dark screens get a dark page and a chart redrawn for it; paper stays white', async () => {
    const page = await open(sampleReport(), { ...WIDE, colorScheme: 'dark' })
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(await background()).toBe('rgb(13, 16, 21)')
    const dark = await drawnPixels(page, '#equity')
    expect(dark).toBeGreaterThan(200)
    const darkChart = await page.locator('#equity canvas').screenshot()
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await background()).toBe('rgb(245, 246, 248)')
    await until(async () => !darkChart.equals(await page.locator('#equity canvas').screenshot()))
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
    expect(await background()).toBe('rgb(255, 255, 255)')
  })

  test('figures, tables and calendar are there without a script', async () => {
    const page = await open(sampleReport(), { ...WIDE, javaScriptEnabled: false })
    expect(await page.locator('[data-figure="roi"] .simulated').textContent()).toBe('+3.48%')
    expect(await page.locator('.month g[role="img"]').count()).toBe(26)
    expect(await page.locator('[data-cost="net"]').textContent()).toBe('$869.57')
    expect(await page.locator('#trade-filter').isVisible()).toBe(false)
  })
})

function firstRow(page: Page): Promise<string | null> {
  return page.locator('#trade-list tbody tr').first().textContent()
}

async function overflowPx(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
}

/** Pixels of a chart that are neither empty nor a faint grid line. */
async function drawnPixels(page: Page, chart: string): Promise<number> {
  const count = `(() => {
    const canvas = document.querySelector('${chart} canvas')
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let drawn = 0
    for (let i = 0; i < data.length; i += 4) {
      const spread = Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2])
      if (data[i + 3] > 200 && spread > 60) drawn++
    }
    return drawn
  })()`
  return Number(await page.evaluate(count))
}
