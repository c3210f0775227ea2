import type { Journal, JournalListener } from '../../src/ports/journal.js'

/** A journal whose disk does not answer while it is held. */
export class HeldJournal implements Journal {
  isHeld = false
  private readonly lines: string[] = []

  constructor(private readonly inner: Journal) {}

  get depth(): number {
    return this.inner.depth + this.lines.length
  }

  get capacity(): number {
    return this.inner.capacity
  }

  append(line: string): void {
    if (this.isHeld) this.lines.push(line)
    else this.inner.append(line)
  }

  release(): void {
    this.isHeld = false
    for (const line of this.lines.splice(0)) this.inner.append(line)
  }

  listen(listener: JournalListener): void {
    this.inner.listen(listener)
  }

  close(): Promise<void> {
    return this.inner.close()
  }
}
