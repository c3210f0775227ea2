import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readStatus } from '../../../src/cli/status/source.js'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function served(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test.each<[string, RequestListener, string]>([
  [
    'cut off in the middle of its body',
    (_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"a":', () => response.socket!.destroy())
    },
    'no answer: ',
  ],
  [
    'that stops in the middle of its body',
    (_, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"a":')
    },
    'no whole answer within 5 s',
  ],
  ['cut off before its head', (request) => request.socket.destroy(), 'no answer: '],
  ['that is no JSON', (_, response) => response.end('<html>'), 'expected JSON: '],
])('an answer %s is an input mistake that names the address', async (_, answer, message) => {
  const url = await served(answer)
  await expect(readStatus({ url })).rejects.toMatchObject({
    name: 'InputMistake',
    problems: [{ place: url, message: expect.stringContaining(message) }],
  })
})
