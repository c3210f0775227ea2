import { describe, expect, it } from 'vitest'
import { sessionStatusOptions } from '../../src/cli/session-serve-options.js'
import { OptionCheck } from '../../src/cli/shell/option-check.js'

describe("options of a session's safety surface", () => {
  it.each([
    [true, '127.0.0.1', 8080],
    ['9000', '127.0.0.1', 9000],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:8080', '::1', 8080],
    ['localhost:1', 'localhost', 1],
  ] as const)('--serve %s listens at %s, port %s', (serve, host, port) => {
    const check = new OptionCheck()
    expect(sessionStatusOptions({ serve }, { byClock: true }, check)).toMatchObject({
      environment: 'PAPER',
      serve: { serve: { host, port } },
    })
    check.done()
  })

  it.each(['', ':80', '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:x', '::1:80', 'host:80', '1.2.3:4'])(
    '--serve %s is none',
    (serve) => {
      const check = new OptionCheck()
      sessionStatusOptions({ serve }, { byClock: true }, check)
      expect(() => check.done()).toThrow(/^--serve: expected an address/)
    },
  )
})
