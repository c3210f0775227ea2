import type { Link } from '../../ports/link.js'
import { connectLines, type LineSocket, serveLines } from './line-socket.js'

/**
 * The decision side's end of a link between processes, at a Unix domain socket. What is sent while the other end is away
 * is dropped.
 *
 * @throws SocketPathError
 */
export async function serveLink(path: string): Promise<Link> {
  return new SocketLink(await serveLines(path))
}

/**
 * The execution side's end: connects, and again after every cut.
 *
 * @throws SocketPathError when the path is too long.
 */
export function connectLink(path: string): Link {
  return new SocketLink(connectLines(path))
}

class SocketLink implements Link {
  private readonly lines: LineSocket

  constructor(lines: LineSocket) {
    this.lines = lines
  }

  send(text: string): void {
    this.lines.send(text)
  }

  listen(listener: (text: string) => void): void {
    this.lines.listen({ line: listener })
  }

  close(): Promise<void> {
    return this.lines.close()
  }
}
