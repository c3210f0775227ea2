/** Soft limits of this process; null: unlimited, or the platform has none. */
export interface ProcessLimits {
  readonly openFiles: number | null
  readonly fileSizeBytes: number | null
}

/** Node tells the limits of its process in its diagnostic report alone. */
export function processLimits(): ProcessLimits {
  const report = process.report?.getReport() as { userLimits?: Record<string, { soft: number | string }> } | undefined
  const soft = (name: string): number | null => {
    const value = report?.userLimits?.[name]?.soft
    return typeof value === 'number' ? value : null
  }
  return { openFiles: soft('open_files'), fileSizeBytes: soft('file_size_blocks') }
}
