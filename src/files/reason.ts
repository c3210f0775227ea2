/** The part of an operating-system error that helps: `no such file`, not the call that failed. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a folder of its path is a file'
  return error instanceof Error ? error.message : String(error)
}
