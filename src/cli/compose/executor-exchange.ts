import { within } from '../../files/within.js'
import type { ExchangeView } from '../../ports/status-surface.js'

/** How the connection of an executor's process to its exchange stands, as that process last said: this one shows it beside its own. */
export class ExecutorExchange {
  private last: readonly ExchangeView[] = []
  private readonly timer: NodeJS.Timeout
  private readonly stopping = new AbortController()
  private isAsking = false

  /** @param address where the executor serves; undefined until it has said so. */
  constructor(private readonly address: () => string | undefined) {
    this.timer = setInterval(() => void this.ask(), EVERY_MS)
    this.timer.unref()
  }

  /** Empty while the executor is not there. */
  view(): readonly ExchangeView[] {
    return this.last
  }

  close(): void {
    clearInterval(this.timer)
    this.stopping.abort()
  }

  private async ask(): Promise<void> {
    const address = this.address()
    if (this.isAsking || address === undefined) return
    this.isAsking = true
    try {
      this.last = await within(ANSWER_MS_MAX, async (limit) => {
        const signal = AbortSignal.any([this.stopping.signal, limit.signal])
        const response = await fetch(`${address}/api/v1/session`, { signal })
        const { exchange = [] } = (await response.json()) as { readonly exchange?: readonly ExchangeView[] }
        return exchange
      })
    } catch {
      this.last = []
    } finally {
      this.isAsking = false
    }
  }
}

const EVERY_MS = 1_000
const ANSWER_MS_MAX = 2_000
