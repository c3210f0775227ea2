import type { AlertLevel } from '../../ports/vocabulary/alerts.js'

/** Something that a person should know of the connection to the exchange; never holds a key, a signature or a listen key. */
export interface Notice {
  readonly kind: 'notice'
  readonly level: AlertLevel
  /** `BANNED`, `CLOCK_WRONG`, `STREAM_SILENT`, …: one word for what happened, the same each time. */
  readonly code: string
  readonly message: string
}
