import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { renderCascadePage } from '../../../../src/adapters/report/cascades/cascade-page.js'
import type { CascadePageData } from '../../../../src/adapters/report/cascades/shown-cascade.js'
import { accessibilityViolations, BrowserPages, PHONE, WIDE } from '../../../support/browser-pages.js'
import { findChromium } from '../../../support/chromium.js'
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

const chromium = findChromium()

describe.skipIf(chromium === undefined)('the page of cascades in a browser', () => {
  const pages = new BrowserPages()

  beforeAll(() => pages.start(chromium!))
  afterAll(() => pages.stop())
  afterEach(async () => {
    expect(await pages.close(), 'console errors and requests').toEqual([])
  })

  function open(data: CascadePageData, options?: BrowserContextOptions): Promise<Page> {
    return pages.open(renderCascadePage(data), options)
  }

  test.each([
    ['wide', WIDE],
    ['phone', PHONE],
    ['dark', { ...WIDE, colorScheme: 'dark' as const }],
    ['without script', { ...WIDE, javaScriptEnabled: false }],
  ])('%s it shows every cascade, no wider than the screen, and calls nobody', async (_, options) => {
    const page = await open(sampleCascadePage(3), options)
    expect(await page.locator('table.cascades tbody tr').count()).toBe(3)
    expect(await page.locator('svg.cascade-chart').count()).toBe(3)
    const { scroll, client } = await widths(page)
    expect(scroll).toBeLessThanOrEqual(client)
  })

  test.each([
    ['light', WIDE],
    ['dark', { ...PHONE, colorScheme: 'dark' as const }],
  ])('%s it keeps nobody from reading and using it', async (_, options) => {
    expect(await accessibilityViolations(await open(sampleCascadePage(3), options))).toEqual([])
  })

  test('its rows lead to the charts, and the charts back to them', async () => {
    const page = await open(sampleCascadePage(3))
    await page.getByRole('link', { name: 'Chart of cascade 2' }).click()
    expect(new URL(page.url()).hash).toBe('#cascade-2')
    await page.locator('#cascade-2').getByRole('link', { name: 'Next cascade, #3' }).click()
    expect(new URL(page.url()).hash).toBe('#cascade-3')
    await page.locator('#cascade-3').getByRole('link', { name: 'Overview' }).click()
    expect(new URL(page.url()).hash).toBe('#overview')
  })

  test('its charts have names that say what they show', async () => {
    const page = await open(sampleCascadePage(1))
    const chart = page.getByRole('img', { name: /^ETHUSDT, 2026-01-05 14:33:20 UTC: price from 68,626\.26 to / })
    expect(await chart.count()).toBe(1)
    expect(await chart.getAttribute('aria-labelledby')).toBe('chart-title-1')
  })

  test('arrow keys read its moments and liquidations, from the first to the last', async () => {
    const page = await open(sampleCascadePage(2))
    const reading = page.locator('#cascade-1 .reading')
    await page.locator('#cascade-1 [data-cascade]').focus()
    await page.keyboard.press('Home')
    expect(await reading.textContent()).toMatch(/^14:33:20 UTC, start · price 68,626\.26\d* · open interest 81,\d{3}$/)
    await page.keyboard.press('ArrowRight')
    expect(await reading.textContent()).toMatch(/^14:33:26 UTC, start of wave 1 · price .* · liquidated longs \$/)
    await page.keyboard.press('End')
    expect(await reading.textContent()).toMatch(/^14:40:26 UTC, five minutes after · price/)
    expect(await page.locator('#cascade-1 .cursor').count()).toBe(1)
    expect(await page.locator('#cascade-2 .cursor').count()).toBe(0)
  })

  test('a finger reads what stands under it', async () => {
    const page = await open(sampleCascadePage(1), PHONE)
    const chart = page.locator('svg.cascade-chart')
    await chart.tap({ position: { x: 120, y: 100 } })
    expect(await page.locator('.reading').textContent()).toMatch(/^14:3\d:\d\d UTC · price 6\d,\d{3}/)
  })

  test('its table sorts by every column', async () => {
    const page = await open(sampleCascadePage(3))
    await page.getByRole('button', { name: 'USD' }).click()
    const cells = await page.locator('table.cascades tbody tr td:nth-child(7)').allTextContents()
    const amounts = cells.map((text) => Number(text.replace(/[$,]/g, '')))
    expect(amounts).toEqual([...amounts].sort((a, b) => b - a))
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toBe('USD')
  })

  test('printed it is on paper without what needs a screen', async () => {
    const page = await open(sampleCascadePage(2))
    await page.emulateMedia({ media: 'print' })
    expect(await page.locator('.reading').first().isVisible()).toBe(false)
    expect(await page.locator('svg.cascade-chart').first().isVisible()).toBe(true)
  })
})

async function widths(page: Page): Promise<{ scroll: number; client: number }> {
  const read = '({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth })'
  return (await page.evaluate(read)) as { scroll: number; client: number }
}
