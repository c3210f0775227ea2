import { chmod, mkdir, stat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname } from 'node:path'

/** A Unix domain socket cannot be made or used. The message names the path, what was expected and what was found. */
export class SocketPathError extends Error {
  override readonly name = 'SocketPathError'
}

/** What the smallest of the common platforms takes, in bytes of UTF-8. */
const PATH_BYTES_MAX = 103

/**
 * Makes the folder of a socket, which only its owner may enter: whoever can connect can trade. Takes away the socket file
 * that a killed process left behind.
 *
 * @throws SocketPathError when the path is too long, the folder is open to others, or a process answers there already.
 */
export async function prepareSocketPath(path: string): Promise<void> {
  checkPathLength(path)
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  // The process's file mode mask may have taken more away, never less, but an inherited access list can add.
  if (made !== undefined) await chmod(folder, 0o700)
  const { mode } = await stat(folder)
  if ((mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, '0')
    throw new SocketPathError(`${folder}: expected a folder that only its owner may enter (mode 0700), found ${found}`)
  }
  const there = await stat(path).catch(() => undefined)
  if (there === undefined) return
  if (!there.isSocket()) throw new SocketPathError(`${path}: expected a socket or nothing, found another kind of file`)
  if (await answers(path)) throw new SocketPathError(`${path}: another process listens there`)
  await unlink(path)
}

/** @throws SocketPathError */
export function checkPathLength(path: string): void {
  const bytes = Buffer.byteLength(path)
  if (bytes <= PATH_BYTES_MAX) return
  throw new SocketPathError(`${path}: expected a socket path of at most ${PATH_BYTES_MAX} bytes, found ${bytes}`)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
