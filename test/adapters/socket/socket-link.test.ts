import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectLines, type LineSocket, serveLines } from '../../../src/adapters/socket/line-socket.js'
import { connectLink, serveLink } from '../../../src/adapters/socket/socket-link.js'
import { SocketPathError } from '../../../src/adapters/socket/socket-path.js'
import { leaveTime, until } from '../../support/until.js'
import { linkContract, received } from '../link-contract.js'

let root = ''
let count = 0
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'dolphin-link-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const path = (): string => join(root, String(++count), 'link.sock')

linkContract('over a socket', async () => {
  const at = path()
  const left = await serveLink(at)
  const right = connectLink(at)
  const hello = received(left)
  // Nothing says when the ends are connected but a text that arrives.
  await until(() => {
    right.send('hello')
    return hello.length > 0
  })
  // Texts keep their order: behind this one no hello is under way.
  right.send('ready')
  await until(() => hello.includes('ready'))
  return { left, right }
})

describe('lines over a socket', () => {
  const open: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(made: T): T => {
    open.push(made)
    return made
  }
  afterEach(async () => {
    for (const made of open.splice(0).reverse()) await made.close()
  })

  const listening = async (at: string) => {
    const server = keep(await serveLines(at))
    const seen: string[] = []
    server.listen({ line: (text) => seen.push(text) })
    return { server, seen }
  }
  const connected = async (at: string): Promise<LineSocket> => {
    const client = keep(connectLines(at))
    await until(() => client.connected)
    return client
  }

  it('come back after every cut; what was lost stays lost, and nothing is repeated, reordered or added', async () => {
    const at = path()
    const { server, seen } = await listening(at)
    const client = await connected(at)
    let rounds = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('send', 'cutHere', 'cutThere', 'wait'), { maxLength: 40 }),
        async (steps) => {
          seen.length = 0
          const sent: string[] = []
          // What a round left in a connection may arrive in the next.
          const round = `${++rounds}.`
          for (const [i, step] of steps.entries()) {
            if (step === 'send' && client.send(`${round}${i}`)) sent.push(`${round}${i}`)
            else if (step === 'cutHere') client.cut()
            else if (step === 'cutThere') server.cut()
            else if (step === 'wait') await leaveTime(1)
          }
          // Again and again: an end may go into a connection that the other side has cut already.
          await until(() => {
            client.send('end')
            return seen.includes('end')
          })
          const arrived = seen.filter((text) => text.startsWith(round))
          expect(arrived).toEqual(sent.filter((text) => arrived.includes(text)))
        },
      ),
      { numRuns: 25 },
    )
  })

  it('are found by a client that was there first, and again by one whose server was started anew', async () => {
    const at = path()
    const client = keep(connectLines(at))
    const first = await listening(at)
    await until(() => client.send('one') && first.seen.length > 0)
    await first.server.close()
    await until(() => !client.connected)
    expect(client.send('lost')).toBe(false)
    const second = await listening(at)
    await until(() => client.connected)
    client.send('two')
    await until(() => second.seen.length > 0)
    expect(second.seen).toEqual(['two'])
  })

  it('belong to the newest connection', async () => {
    const at = path()
    const { server, seen } = await listening(at)
    const older: string[] = []
    const newer: string[] = []
    const first = raw(at)
    const dead = await first.open((text) => older.push(text))
    await until(() => server.connected)
    dead.write('half a li')
    const second = await connected(at)
    second.listen({ line: (text) => newer.push(text) })
    second.send('mine')
    await until(() => seen.length > 0)
    server.send('yours')
    await until(() => newer.length > 0)
    expect({ seen, older, newer }).toEqual({ seen: ['mine'], older: [], newer: ['yours'] })
    dead.destroy()
  })

  it('drop what a peer that does not read leaves waiting, whole lines only', async () => {
    const at = path()
    const { server } = await listening(at)
    const peer = await raw(at).open(() => {})
    peer.pause()
    await until(() => server.connected)
    const line = 'x'.repeat(100_000)
    let dropped = 0
    for (let i = 0; i < 100; i++) if (!server.send(line)) dropped++
    expect(dropped).toBeGreaterThan(0)
    expect(server.waitingBytes).toBeLessThan(5 * 1024 * 1024)
    peer.destroy()
  })

  it('cut a peer whose line has no end', async () => {
    const at = path()
    const { server, seen } = await listening(at)
    const peer = await raw(at).open(() => {})
    await until(() => server.connected)
    peer.write('x'.repeat(2 * 1024 * 1024))
    await until(() => !server.connected)
    expect({ connected: server.connected, seen }).toEqual({ connected: false, seen: [] })
  })

  it.each(['', 'two\nlines'])('do not send %j, which is no line', async (text) => {
    const at = path()
    await listening(at)
    expect((await connected(at)).send(text)).toBe(false)
  })
})

describe('the place of a socket', () => {
  it('is a folder that only its owner may enter', async () => {
    const at = path()
    const link = await serveLink(at)
    expect(statSync(dirname(at)).mode & 0o777).toBe(0o700)
    await link.close()
    expect(existsSync(at)).toBe(false)
  })

  it('is refused where others may enter', async () => {
    const at = path()
    mkdirSync(dirname(at))
    chmodSync(dirname(at), 0o755)
    await expect(serveLink(at)).rejects.toThrow(/only its owner may enter \(mode 0700\), found 0755/)
  })

  it('is taken over from a process that was killed, never from one that lives', async () => {
    const at = path()
    const link = await serveLink(at)
    await expect(serveLink(at)).rejects.toThrow(/another process listens there/)
    await link.close()
    const killed = await abandonedSocket(at)
    expect(statSync(at).isSocket()).toBe(true)
    killed()
    await (await serveLink(at)).close()
  })

  it('is no other file', async () => {
    const at = path()
    mkdirSync(dirname(at), { mode: 0o700 })
    writeFileSync(at, 'notes')
    await expect(serveLink(at)).rejects.toThrow(/expected a socket or nothing, found another kind of file/)
  })

  it('is short enough for every platform', () => {
    const at = join(root, 'x'.repeat(120))
    expect(() => connectLink(at)).toThrow(SocketPathError)
    expect(() => connectLink(at)).toThrow(/at most 103 bytes, found \d+/)
  })
})

/** A bare connection, for what our own ends never do. */
function raw(at: string): { open(onText: (text: string) => void): Promise<Socket> } {
  return {
    open: async (onText) => {
      const { connect } = await import('node:net')
      const socket = connect(at)
      socket.on('data', (chunk) => onText(chunk.toString()))
      socket.on('error', () => {})
      await new Promise<void>((resolve) => {
        socket.once('connect', () => resolve())
      })
      return socket
    },
  }
}

/** Leaves a socket file nobody listens at, as SIGKILL does. */
async function abandonedSocket(at: string): Promise<() => void> {
  const { renameSync } = await import('node:fs')
  const server: Server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(`${at}.other`, () => resolve())
  })
  renameSync(`${at}.other`, at)
  return () => server.close()
}
