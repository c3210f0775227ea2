import type { ScanArchive, ScanRecord } from '../../src/ports/scan-archive.js'

/** An archive of scans in memory. */
export class MemoryArchive implements ScanArchive {
  readonly records: ScanRecord[] = []
  constructor(private readonly before = 0) {}

  get lastNumber(): number {
    return this.records.at(-1)?.scanNumber ?? this.before
  }

  async write(scan: ScanRecord): Promise<string> {
    this.records.push(scan)
    return ''
  }

  async *after(number: number) {
    for (const record of this.records) if (record.scanNumber > number) yield { path: '', record }
  }

  async last() {
    return undefined
  }

  async close() {}
}
