/** The part of an operating-system error that helps: `no such file`, not the call that failed. */
export function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a folder of its path is a file'
  const known = code === undefined ? undefined : REASONS[code]
  if (known !== undefined) return known
  return error instanceof Error ? error.message : String(error)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "the disk's quota is used up",
  EROFS: 'the file system is read-only',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EIO: 'the disk does not read or write there (EIO)',
  EPERM: 'permission denied',
}

/** Gives the errors of calls on an open file the path of that file: they do not tell it. */
export async function withPath<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw atPath(path, error)
  }
}

/** The same error, with the path where it is one of the system and has none. */
export function atPath(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const failure = error as NodeJS.ErrnoException
  if (failure.syscall !== undefined && failure.path === undefined) failure.path = path
  return error
}
