import type { GridDocument } from '../../core/grid/document.js'
import { sayRefusal } from '../../core/grid/document-check.js'

/** The latest value of a key that can be used: a text that is refused changes nothing,
 * and is told once for one cause. */
export class LatestDocument<Read> {
  private text: string | undefined
  private latest: Read | undefined
  private told: string | undefined

  constructor(
    private readonly document: Pick<GridDocument<never, Read>, 'name' | 'read'>,
    private readonly warn: (text: string) => void,
  ) {}

  /** Undefined while there was none. */
  get value(): Read | undefined {
    return this.latest
  }

  /** The text that the key has now; undefined: none, which changes nothing. Answers whether there is a new value. */
  take(text: string | undefined): boolean {
    if (text === undefined || text === this.text) return false
    this.text = text
    const reading = this.document.read(text)
    if ('refused' in reading) {
      const { path, expected } = reading.refused
      const cause = `${path} ${expected}`
      if (cause !== this.told) this.warn(`${sayRefusal(reading.refused)}; the value before it stays`)
      this.told = cause
      return false
    }
    this.told = undefined
    this.latest = reading.value
    return true
  }
}
