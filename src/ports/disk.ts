/** The disk that a folder lies on. */
export interface DiskUsage {
  /** Percent that is used, 0 to 100, of what its user may fill. Rejects when it cannot be asked. */
  usedPct(): Promise<number>
}
