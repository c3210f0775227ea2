import { statfs } from 'node:fs/promises'
import type { DiskUsage } from '../../ports/disk.js'

/** The disk of a folder as its file system counts blocks. What is kept for the superuser is nobody's to fill, as in `df`. */
export function statfsDisk(folder: string): DiskUsage {
  return {
    async usedPct() {
      const { blocks, bfree, bavail } = await statfs(folder)
      const used = blocks - bfree
      return used + bavail === 0 ? 100 : (used / (used + bavail)) * 100
    },
  }
}
