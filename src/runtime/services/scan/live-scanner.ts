import type { Clock } from '../../../ports/clock.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'

/** A scanner of live prices, as a service: what it scans with is handed to it. */
export class LiveScanner implements Service {
  readonly name = 'scanner'
  private readonly life: ServiceLife

  constructor(private readonly parts: LiveScannerParts) {
    this.life = new ServiceLife(this.name, parts.clock)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {
      this.life.progress('warms up')
      await this.parts.scan(signal, (detail) => this.life.progress(`${detail}${usageText(this.parts.usage())}`))
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }
}

export interface LiveScannerParts {
  readonly clock: Clock
  /** Scans until the signal is aborted, and says after each scan where it is. */
  scan(signal: AbortSignal, progress: (detail: string) => void): Promise<void>
  /** Of the exchange's allowance of this address in this minute. */
  usage(): { readonly weightUsed: number; readonly weightLimit: number }
}

function usageText({ weightUsed, weightLimit }: ReturnType<LiveScannerParts['usage']>): string {
  return `; ${weightUsed} of ${weightLimit} request weight used this minute`
}
