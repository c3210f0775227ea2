import type { RestOutcome } from '../rest/call.js'
import type { SymbolCatalogue } from './symbol-catalogue.js'
import type { CallOwner, VenueDesk } from './venue-desk.js'

/** Keeps the catalogue current: read each hour, and when the exchange says that a contract has changed. */
export class SymbolListing implements CallOwner {
  private refreshMs = Number.POSITIVE_INFINITY
  private lastMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly desk: VenueDesk,
    private readonly catalogue: SymbolCatalogue,
  ) {}

  /** The catalogue has just been read. */
  begin(): void {
    this.lastMs = this.desk.nowMs
    this.refreshMs = this.desk.nowMs + REFRESH_EVERY_MS
  }

  /** Several contracts change in one moment, and each frame says so. */
  refreshSoon(): void {
    this.refreshMs = Math.min(this.refreshMs, Math.max(this.desk.nowMs, this.lastMs + REFRESH_PAUSE_MS))
  }

  get dueMs(): number {
    return this.refreshMs
  }

  onTime(): void {
    if (this.desk.nowMs < this.refreshMs) return
    this.begin()
    for (const route of ['exchangeInfo', 'leverageBracket'] as const) {
      const deadlineMs = this.desk.nowMs + this.desk.requestTimeoutMs
      this.desk.call({ owner: this, step: route, route, params: {}, priority: 'data', deadlineMs })
    }
  }

  onOutcome(outcome: RestOutcome, step: string): void {
    if (outcome.kind !== 'done') {
      this.refreshMs = Math.min(this.refreshMs, this.desk.nowMs + REFRESH_PAUSE_MS)
      return
    }
    const { catalogue } = this
    const changed =
      step === 'exchangeInfo' ? catalogue.takeExchangeInfo(outcome.value) : catalogue.takeBrackets(outcome.value)
    const traded = new Set(this.desk.settings.symbols)
    for (const instrument of changed)
      if (traded.has(instrument.identity.symbol)) this.desk.tell({ kind: 'instrument', instrument })
  }
}

const REFRESH_EVERY_MS = 3_600_000
const REFRESH_PAUSE_MS = 10_000
