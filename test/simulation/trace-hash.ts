/**
 * A running hash of everything that happened, 16 hex digits: two runs of a seed differ if it does. Two multiplicative
 * lanes over UTF-16 units, a nanosecond a character; it has to tell runs apart, not to withstand anyone.
 */
export class TraceHash {
  private first = 0x9e3779b9 | 0
  private second = 0x85ebca6b | 0

  text(text: string): void {
    let first = this.first
    let second = this.second
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      first = Math.imul(first ^ unit, 0x01000193)
      second = Math.imul(second + unit, 0xc2b2ae35) ^ (second >>> 15)
    }
    this.first = Math.imul(first ^ text.length, 0x01000193)
    this.second = second
  }

  number(value: number): void {
    this.text(String(value))
  }

  digest(): string {
    return [this.first, this.second].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
