import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DASHBOARD_PAGE } from '../../src/adapters/http/dashboard-page.generated.js'
import { type StatusServer, serveStatus } from '../../src/adapters/http/status-server.js'
import { statusOf } from '../../src/core/status/status.js'
import type { ExchangeView, HealthView, SessionView, StatusSurface } from '../../src/ports/status-surface.js'
import { positionId } from '../../src/ports/vocabulary/ids.js'
import { findChromium, launchChromium } from '../support/chromium.js'
import { AILING } from '../support/health-view.js'
import { HEALTHY } from '../support/system-state.js'

const AXE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8')
const executable = findChromium()

test('the page is what its sources make', () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build-dashboard.ts', '--check'], { stdio: 'pipe' })
})

describe.skipIf(executable === undefined)('the dashboard in a browser', () => {
  let browser: Browser
  let page: Page
  let surface: TestSurface
  let server: StatusServer
  const requests: string[] = []
  const complaints: string[] = []

  beforeAll(async () => {
    browser = await launchChromium(executable!)
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    surface = new TestSurface()
    server = await serve(0)
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(0)
    requests.length = 0
    complaints.length = 0
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
        complaints.push(message.text())
    })
    await page.goto(server.address)
  })

  afterEach(async () => {
    await page.close()
    await server.close()
  })

  test.each([
    ['ACTIVE', {}, 'Everything is in order'],
    ['REDUCE ONLY', { gridConnected: false }, 'The system memory cannot be reached'],
    ['KILL', { operatorMode: 'KILL' as const }, 'has stopped everything'],
  ])('says %s as its largest word, in the title too, and why', async (word, wrong, why) => {
    surface.change({ ...HEALTHY, ...wrong })
    await page.getByRole('heading', { name: word, exact: true, level: 1 }).waitFor()
    expect(await page.title()).toBe(`${word} · dolphin`)
    expect(await page.locator('#owner-message').textContent()).toContain(why)
    const sizes = '[...document.querySelectorAll("body *")].map((node) => parseFloat(getComputedStyle(node).fontSize))'
    const heading = 'parseFloat(getComputedStyle(document.querySelector("h1")).fontSize)'
    expect(await page.evaluate(`Math.max(...${sizes}) === ${heading}`)).toBe(true)
    expect(complaints).toEqual([])
  })

  test('says what ends a reason, and shows position, trades and events', async () => {
    surface.change({ ...HEALTHY, operatorMode: 'REDUCE_ONLY' })
    await page.getByText('By an operator: an operator resumes with a reason').waitFor()
    expect(await page.locator('#position').textContent()).toBe('SHORT 0.512 BTCUSDT')
    expect(await page.locator('#position-facts').textContent()).toContain('unrealised PnL+18.40 USD')
    expect(await page.locator('#trades tr').count()).toBe(2)
    expect(await page.locator('#events li').first().textContent()).toContain('WARNING link LINK_DEGRADED')
    expect(await page.locator('#equity canvas').count()).toBe(1)
  })

  test('shows how much of the allowance of an exchange is used, how old its words are, and what it waits for', async () => {
    const until = (untilMs: number | null) => ({ bannedUntilMs: untilMs, heldUntilMs: untilMs })
    const heading = page.locator('#exchange')
    expect(await page.locator('#exchange-card').isVisible()).toBe(false)
    surface.connect([PRICES, { ...PRICES, connection: 'account', dataAgeMs: 18_000, ordersUsed: 3 }])
    await heading.getByText('within its limits', { exact: true }).waitFor()
    const facts = await page.locator('#exchange-facts > *').allTextContents()
    expect(facts.join(' ')).toBe(
      'prices, last heard 0.6 s ago prices, weight used 638 of 2400 a minute account, last heard 18 s ago ' +
        'account, weight used 638 of 2400 a minute orders 3 of 1200 a minute clock ahead -12 ms',
    )
    surface.connect([PRICES, { ...PRICES, heldUntilMs: HEALTHY.nowMs }])
    await heading.getByText('limit reached, exits only until').waitFor()
    surface.connect([{ ...PRICES, ...until(HEALTHY.nowMs) }, PRICES])
    await heading.getByText('banned until').waitFor()
  })

  test('shows what the system takes for granted, and whether anything opens for it', async () => {
    expect(await page.locator('#health-card').isVisible()).toBe(false)
    surface.ail(AILING)
    await page.locator('#health').getByText('nothing opens', { exact: true }).waitFor()
    const facts = await page.locator('#health-facts > *').allTextContents()
    expect(facts.join(' ')).toBe(
      'hold 1 of 3 failed or expired 1 untested 1 market data UNSAFE execution DEGRADED calibration UNSAFE ' +
        'feed latency against it ' +
        'system regime EDGE_DECAYING confidence 0.7 win rate BROKEN entry slippage UNKNOWN market RANGING 1',
    )
  })

  test('gives each word its room beside an exchange, on a screen of any width', async () => {
    surface.connect([PRICES, { ...PRICES, connection: 'account' }])
    surface.ail(AILING)
    await page.getByText('account, weight used').waitFor()
    await page.getByText('entry slippage').waitFor()
    for (const width of [1280, 1010, 700, 375]) {
      await page.setViewportSize({ width, height: 900 })
      const crossing = await page.evaluate(
        `[...document.querySelectorAll('.card dt')].map((dt) => [dt, dt.nextElementSibling]).filter(([dt, dd]) => {
          const name = document.createRange(), value = document.createRange()
          name.selectNodeContents(dt)
          value.selectNodeContents(dd)
          return name.getBoundingClientRect().right > value.getBoundingClientRect().left
        }).map(([dt]) => dt.textContent)`,
      )
      expect(crossing, `at ${width}`).toEqual([])
    }
  })

  test('says unknown when nothing is heard, and knows again when it is', async () => {
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
    const { port } = new URL(server.address)
    await server.close()
    await page.getByRole('heading', { name: 'UNKNOWN', exact: true }).waitFor()
    expect(await page.locator('#meaning').textContent()).toBe('treat as Kill')
    expect(await page.locator('#owner-message').textContent()).toContain('Nothing heard from the system for')
    server = await serve(Number(port))
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
  })

  test.each<[string, object, string]>([
    ['contradicts itself', { link_state: 'LINK_LOST' }, 'REDUCEONLY_LINK_LOST_MATCHES'],
    ['is Active over a link that has long been silent', { link_age_ms: 60_000 }, 'LINK_AGE_FITS_STATE'],
    ['says a word nobody knows', { posture: 'PENGUIN' }, 'REGISTRY_MEMBER: posture'],
    ['tells its owner something else', { owner_view: soothing() }, 'OWNER_VIEW_DERIVED'],
    ['leaves a field out', { wal_queue_depth: undefined }, 'FIELD_REQUIRED: wal_queue_depth'],
  ])('says unknown of a document that %s, and which rule', async (_, change, rule) => {
    surface.change(HEALTHY, change)
    await page.getByRole('heading', { name: 'UNKNOWN', exact: true }).waitFor()
    expect(await page.locator('#reasons').textContent()).toContain(rule)
    surface.change(HEALTHY)
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
  })

  test('says unknown while the time of what is said stands still, though it is said every second', async () => {
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
    surface.standStill()
    await page.getByRole('heading', { name: 'UNKNOWN', exact: true }).waitFor()
    expect(await page.locator('#owner-message').textContent()).toContain('has stood still')
    expect(await page.locator('#reasons').textContent()).toContain('STATUS_TIME_STANDS_STILL: status_ts_ms')
    surface.goOn()
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
  })

  test.each<[string, Partial<typeof HEALTHY>, string]>([
    [
      'goes back in time',
      { nowMs: HEALTHY.nowMs - 600_000, startedAtMs: HEALTHY.startedAtMs - 600_000 },
      'STATUS_TIME_GOES_ON',
    ],
    ['has been up for less', { startedAtMs: HEALTHY.startedAtMs + 60_000 }, 'UPTIME_GOES_ON'],
    ['is of another strategy', { strategyId: 'green' }, 'STRATEGY_ID_STAYS'],
  ])('says unknown of a document that %s than the one before, and which rule', async (_, wrong, rule) => {
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
    surface.change({ ...HEALTHY, ...wrong, reconcileLastOkAtMs: wrong.nowMs ?? HEALTHY.nowMs })
    await page.getByRole('heading', { name: 'UNKNOWN', exact: true }).waitFor()
    expect(await page.locator('#owner-message').textContent()).toContain('contradicts what it said before')
    expect(await page.locator('#reasons').textContent()).toContain(rule)
    surface.change(HEALTHY)
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
  })

  test('asks nobody but its own server', async () => {
    await page.getByRole('heading', { name: 'ACTIVE', exact: true }).waitFor()
    expect(requests.every((url) => url.startsWith(server.address) || url.startsWith('data:'))).toBe(true)
    expect(complaints).toEqual([])
  })

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 375],
  ] as const)('has no accessibility violation in %s at %d', async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: 900 })
    for (const [word, wrong] of [
      ['ACTIVE', {}],
      ['REDUCE ONLY', { gridConnected: false }],
      ['KILL', { operatorMode: 'KILL' as const }],
    ] as const) {
      surface.change({ ...HEALTHY, ...wrong })
      await page.getByRole('heading', { name: word, exact: true, level: 1 }).waitFor()
      await page.evaluate('Promise.all(document.getAnimations().map(({ finished }) => finished))')
      await page.evaluate(AXE)
      const violations = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + nodes.map(({ html }) => html)))',
      )
      expect(violations).toEqual([])
    }
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
    expect(overflow).toBeLessThanOrEqual(0)
  })

  function serve(port: number): Promise<StatusServer> {
    return serveStatus(surface, { host: '127.0.0.1', port, page: DASHBOARD_PAGE, nowMs: () => performance.now() })
  }
})

const PRICES: ExchangeView = {
  ...{ connection: 'prices', weightUsed: 638, weightLimit: 2400, ordersUsed: 0, ordersLimit: 1200 },
  ...{ heldUntilMs: null, bannedUntilMs: null, clockOffsetMs: -12.3, dataAgeMs: 600 },
}

class TestSurface implements StatusSurface {
  private state = HEALTHY
  private exchange: readonly ExchangeView[] | undefined
  private health: HealthView | undefined
  private lie: object = {}
  private readonly beganAtMs = performance.now()
  private stoodAtMs: number | undefined
  private readonly listeners = new Set<() => void>()

  change(state: typeof HEALTHY, lie: object = {}): void {
    this.state = state
    this.lie = lie
    for (const listener of this.listeners) listener()
  }

  connect(exchange: readonly ExchangeView[]): void {
    this.exchange = exchange
    for (const listener of this.listeners) listener()
  }

  ail(health: HealthView): void {
    this.health = health
    for (const listener of this.listeners) listener()
  }

  /** Its clock, and with it the time of what it says. */
  standStill(): void {
    this.stoodAtMs = performance.now()
  }

  goOn(): void {
    this.stoodAtMs = undefined
  }

  status() {
    const passedMs = Math.floor((this.stoodAtMs ?? performance.now()) - this.beganAtMs)
    return { ...statusOf({ ...this.state, nowMs: this.state.nowMs + passedMs }), ...this.lie }
  }

  session(): SessionView {
    const atMs = HEALTHY.nowMs
    return {
      position: {
        symbol: 'BTCUSDT',
        direction: 'SHORT',
        quantity: '0.512',
        entryPrice: '103120.5',
        markPrice: '103084.6',
        unrealizedPnlUsd: '18.40',
        openedAtMs: atMs - 60_000,
      },
      initialCapitalUsd: '25000',
      realizedCapitalUsd: '25041.27',
      equity: [25_000, 24_980.5, 25_041.27].map((usd, i) => ({ atMs: atMs - (3 - i) * 600_000, usd })),
      trades: [
        {
          tradeId: positionId('b.2'),
          symbol: 'ETHUSDT',
          direction: 'SHORT',
          closedAtMs: atMs,
          netUsd: '60.77',
          reason: 'FIXED_TP',
        },
        {
          tradeId: positionId('b.1'),
          symbol: 'SOLUSDT',
          direction: 'SHORT',
          closedAtMs: atMs,
          netUsd: '-19.50',
          reason: 'MAX_HOLD',
        },
      ],
      events: [{ atMs, level: 'WARNING', category: 'link', message: 'LINK_DEGRADED: two heartbeats missed' }],
      ...(this.exchange === undefined ? {} : { exchange: this.exchange }),
      ...(this.health === undefined ? {} : { health: this.health }),
    }
  }

  async operate() {
    return { inForce: true, durable: true, detail: '' }
  }

  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

function soothing(): object {
  return { ...statusOf(HEALTHY).owner_view, owner_message: 'All is well.' }
}
