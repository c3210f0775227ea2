import { printable } from '../base/printable.js'
import type { BooksView, ExchangeView, HealthView, SessionView } from '../ports/status-surface.js'
import type { StatusDocument } from '../ports/vocabulary/status.generated.js'
import { age, signedUsd, usd, utc } from './format.js'
import type { Verdict } from './verdict.js'

const WORDS = {
  Active: ['ACTIVE', 'entries are allowed'],
  ReduceOnly: ['REDUCE ONLY', 'exits go on, nothing opens'],
  Kill: ['KILL', 'positions are closed, nothing opens'],
} as const

/** As many as stand beside twenty trades. */
const SHOWN_EVENTS = 15

const ENDS = { AUTO: 'By itself', OPERATOR: 'By an operator', RESTART: 'By a restart' } as const

/** Shows the verdict; what is not known is not shown as if it were. */
export function showVerdict(verdict: Verdict): void {
  document.body.dataset.mode = verdict.known ? verdict.status.trading_mode : 'Unknown'
  element('ends-box').hidden = verdict.known && verdict.status.trading_mode === 'Active'
  for (const card of document.querySelectorAll('.cards, .pair, #equity')) {
    card.classList.toggle('stale-values', !verdict.known)
  }
  if (!verdict.known) {
    say('UNKNOWN', 'treat as Kill')
    put('owner-state', 'STATE_UNKNOWN')
    put('owner-message', verdict.why)
    list('reasons', verdict.details.map(code))
    list('unblock', [unblockItem('By itself', 'a fresh document that keeps its contract', 'now: none')])
    return
  }
  const { status } = verdict
  const { owner_view: owner } = status
  const [word, meaning] = WORDS[status.trading_mode]
  say(word, meaning)
  put('owner-state', owner.primary_owner_reason_code)
  put('owner-message', owner.owner_message)
  list('reasons', status.mode_reasons.map(code))
  list(
    'unblock',
    owner.unblock.map(({ type, condition, current }) => unblockItem(ENDS[type], condition, `now: ${current}`)),
  )
  showState(status)
}

function showState(status: StatusDocument): void {
  const { posture, link_state, last_scan_number } = status
  put('posture', posture)
  facts('survival-facts', [
    ['risk multiplier', status.risk_multiplier.toFixed(3)],
    ['drawdown', `${status.drawdown_pct.toFixed(2)} %`],
    ['risk state', status.risk_state],
    ['margin in use', share(status.margin_util)],
  ])
  put('link', link_state.replace('LINK_', ''))
  facts('link-facts', [
    ['last message', age(status.link_age_ms)],
    ['ended sessions', String(status.session_terminations_5m)],
    ['rate limits hit', String(status.http_429_count_5m)],
  ])
  put('data', last_scan_number === null ? 'no scan yet' : `scan ${last_scan_number}`)
  facts('data-facts', [
    ['scan age', age(status.last_scan_age_ms)],
    ['market event age', age(status.ws_event_lag_ms)],
    ['grid', status.grid_connected ? 'connected' : 'away'],
  ])
  put('journal', `${status.wal_queue_depth} waiting`)
  facts('journal-facts', [
    ['room for', String(status.wal_queue_capacity)],
    ['failed writes', String(status.wal_enqueue_failures)],
    [
      'reconciled',
      status.reconcile_last_ok_ts_ms === null ? 'never' : age(status.status_ts_ms - status.reconcile_last_ok_ts_ms),
    ],
    ['disk used', status.disk_used_pct == null ? 'unknown' : `${status.disk_used_pct.toFixed(1)} %`],
    ['latch', status.open_permission_reason_codes.join(', ') || 'open'],
  ])
  put(
    'footer',
    `${status.deployment_environment}, ${status.strategy_id} · champion ${status.champion_hash} · configuration ${status.config_hash} · certificate ${status.f1_cert_state} · build ${status.build_id ?? 'unknown'} · contract ${status.contract_version} · as of ${utc(status.status_ts_ms)} UTC`,
  )
}

/** A document may leave it out, and null is not known yet. */
function share(fraction: number | null | undefined): string {
  return fraction == null ? 'unknown' : `${(fraction * 100).toFixed(1)} %`
}

/** The views beside the document: position, trades, events. */
export function showSession(session: SessionView): void {
  showExchange(session.exchange ?? [], session.books)
  showHealth(session.health, session.harness)
  const { position } = session
  if (position === null) {
    put('position', 'Flat')
    facts('position-facts', [['realised capital', `${usd(Number(session.realizedCapitalUsd))} USD`]])
  } else {
    put('position', `${position.direction} ${position.quantity} ${position.symbol}`)
    const pnl = position.unrealizedPnlUsd
    facts('position-facts', [
      ['entry price', position.entryPrice],
      ['mark price', position.markPrice ?? 'none'],
      ['unrealised PnL', pnl === null ? 'unknown' : `${signedUsd(Number(pnl))} USD`],
      ['opened', `${utc(position.openedAtMs)} UTC`],
      ['realised capital', `${usd(Number(session.realizedCapitalUsd))} USD`],
    ])
  }
  list('trades', session.trades.map(tradeRow), 'tr', 5)
  list('events', session.events.slice(0, SHOWN_EVENTS).map(eventItem))
}

function tradeRow(trade: SessionView['trades'][number]): HTMLElement {
  const net = Number(trade.netUsd)
  const row = make('tr')
  for (const text of [utc(trade.closedAtMs), trade.symbol, trade.direction, trade.reason]) row.append(make('td', text))
  row.append(make('td', signedUsd(net), net < 0 ? 'num loss' : 'num gain'))
  return row
}

function eventItem(event: SessionView['events'][number]): HTMLElement {
  const item = make('li')
  item.append(make('span', utc(event.atMs).slice(11), 'at'), make('span', `${event.level} ${event.category} `, 'level'))
  item.append(printable(event.message))
  return item
}

function unblockItem(by: string, condition: string, now: string): HTMLElement {
  const item = make('li')
  item.append(make('span', by, 'by'), `: ${printable(condition)}`, make('span', now, 'now'))
  return item
}

function code(text: string): HTMLElement {
  const item = make('li')
  item.append(make('code', text))
  return item
}

function say(word: string, meaning: string): void {
  put('mode', word)
  put('meaning', meaning)
  const title = `${word} · dolphin`
  if (document.title !== title) document.title = title
}

function facts(id: string, pairs: readonly (readonly [string, string])[]): void {
  element(id).replaceChildren(...pairs.flatMap(([name, value]) => [make('dt', name), make('dd', value)]))
}

function list(id: string, items: readonly HTMLElement[], tag: 'li' | 'tr' = 'li', columns = 1): void {
  const parent = element(id)
  if (items.length > 0 || (id !== 'trades' && id !== 'events')) {
    parent.replaceChildren(...items)
    return
  }
  const none = make(tag === 'tr' ? 'td' : 'li', 'None yet', 'empty')
  if (none instanceof HTMLTableCellElement) none.colSpan = columns
  const row = tag === 'tr' ? make('tr') : none
  if (row !== none) row.append(none)
  parent.replaceChildren(row)
}

/** Only what differs is written: a screen reader then reads changes, and nothing twice. */
function put(id: string, text: string): void {
  const target = element(id)
  const shown = printable(text)
  if (target.textContent !== shown) target.textContent = shown
}

export function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has #${id}`)
  return found
}

function make(tag: string, text = '', className = ''): HTMLElement {
  const made = document.createElement(tag)
  made.textContent = printable(text)
  if (className !== '') made.className = className
  return made
}

/** The connections to an exchange, where there are any: what is left of its allowance, and how old what it says is. */
function showExchange(views: readonly ExchangeView[], books: BooksView | undefined): void {
  element('exchange-card').hidden = views.length === 0
  put('exchange', allowance(views))
  facts('exchange-facts', [
    ...views.flatMap((view): Fact[] => [
      [`${view.connection}, last heard`, view.dataAgeMs === null ? 'never' : `${age(view.dataAgeMs)} ago`],
      [`${view.connection}, weight used`, `${view.weightUsed} of ${view.weightLimit} a minute`],
      ...(view.connection === 'account'
        ? ([
            ['orders', `${view.ordersUsed} of ${view.ordersLimit} a minute`],
            ['clock ahead', view.clockOffsetMs === null ? 'unknown' : `${Math.round(view.clockOffsetMs)} ms`],
          ] as const)
        : []),
    ]),
    ...(books === undefined ? [] : booksFacts(books)),
  ])
}

type Fact = readonly [name: string, text: string]

/** The order books that decide: how many are known, and how old the last bar of theirs is. */
function booksFacts({ known, followed, barAgeMs }: BooksView): Fact[] {
  return [
    ['order books', `${known} of ${followed} known`],
    ['order books, last bar', barAgeMs === null ? 'never' : `${age(barAgeMs)} ago`],
  ]
}

/** What the system takes for granted: whether it holds, and what trades and market say of it. */
function showHealth(health: HealthView | undefined, harness: SessionView['harness']): void {
  element('health-card').hidden = health === undefined
  if (health === undefined) return
  put('health', healthWord(health))
  const { assumptions, systemRegime, marketRegimes, parameters, components } = health
  const standing = (...statuses: readonly string[]) =>
    assumptions.filter(({ status }) => statuses.includes(status)).length
  facts('health-facts', [
    ['hold', `${standing('VALID')} of ${assumptions.length}`],
    ['failed or expired', String(standing('WARNING', 'INVALID', 'EXPIRED'))],
    ['untested', String(standing('UNTESTED'))],
    ...components.map(({ component, safety }): Fact => [words(component), safety]),
    ...components
      .filter(({ isNeeded }) => isNeeded)
      .flatMap(({ against }) => against.map((name): Fact => [name.replaceAll('_', ' '), 'against it'])),
    ...(harness === undefined ? [] : [['harness', harness.halted ?? harness.last?.outcome ?? 'no cycle yet'] as Fact]),
    ['system regime', systemRegime.regime],
    ['confidence', systemRegime.confidence.toFixed(1)],
    ...parameters.map(({ name, healthStatus }): Fact => [name.replaceAll('_', ' '), healthStatus]),
    ...[...new Set(marketRegimes.map(({ regime }) => regime))]
      .sort()
      .map((word): Fact => [`market ${word}`, String(marketRegimes.filter(({ regime }) => regime === word).length)]),
  ])
}

/** `marketData` as one says it. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function healthWord({ components }: HealthView): string {
  if (components.some(({ safety, isNeeded }) => isNeeded && safety === 'UNSAFE')) return 'nothing opens'
  return components.some(({ safety }) => safety === 'UNSAFE') ? 'unsafe, not needed to open' : 'hold as far as tested'
}

/** Whether requests may leave, by the connection that waits the longest. */
function allowance(views: readonly ExchangeView[]): string {
  const until = (of: (view: ExchangeView) => number | null) => Math.max(...views.map((view) => of(view) ?? 0))
  const bannedUntilMs = until((view) => view.bannedUntilMs)
  if (bannedUntilMs > 0) return `banned until ${utc(bannedUntilMs)} UTC`
  const heldUntilMs = until((view) => view.heldUntilMs)
  return heldUntilMs > 0 ? `limit reached, exits only until ${utc(heldUntilMs)} UTC` : 'within its limits'
}
