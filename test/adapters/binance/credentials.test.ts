import { generateKeyPairSync, verify } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Credentials, readCredentials } from '../../../src/adapters/binance/credentials.js'
import { InputMistake } from '../../../src/base/mistakes.js'

const apiKey = 'dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83'
const secret = '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9'
const rsa = pair('rsa')
const ed25519 = pair('ed25519')

describe('signatures', () => {
  // The second is the query and the body of one request, joined by nothing.
  test.each([
    [
      'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943',
      '3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9',
    ],
    [
      'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=9000&recvWindow=5000&timestamp=1591702613943',
      '30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4',
    ],
  ])('%s is signed with a shared secret as the exchange documents it', (payload, signature) => {
    expect(new Credentials({ apiKey, secret }).sign(payload)).toBe(signature)
  })

  test.each([
    ['RSA', rsa, 'sha256'],
    ['ED25519', ed25519, null],
  ] as const)('an %s key signs what its public half verifies', (kind, { privatePem, publicKey }, digest) => {
    const credentials = new Credentials({ apiKey, secret: privatePem })
    const signature = Buffer.from(credentials.sign('a=1&b=%E5%B8%81'), 'base64')
    expect(credentials.kind).toBe(kind)
    expect(verify(digest, Buffer.from('a=1&b=%E5%B8%81'), publicKey, signature)).toBe(true)
    expect(verify(digest, Buffer.from('a=2&b=%E5%B8%81'), publicKey, signature)).toBe(false)
  })

  test('a private key whose lines are joined by a written-out line break is read', () => {
    const joined = ed25519.privatePem.trim().replaceAll('\n', '\\n')
    expect(new Credentials({ apiKey, secret: joined }).sign('a=1')).toBe(
      new Credentials({ apiKey, secret: ed25519.privatePem }).sign('a=1'),
    )
  })
})

describe('what is printed of credentials', () => {
  const marks = [apiKey, secret, ...rsa.privatePem.split('\n').slice(1, 3), ed25519.privatePem.split('\n')[1]!]

  test.each([secret, rsa.privatePem, ed25519.privatePem])('never holds key or secret, in whatever way (%#)', (text) => {
    const credentials = new Credentials({ apiKey, secret: text })
    const printed = [
      String(credentials),
      `${credentials}`,
      JSON.stringify({ credentials }),
      inspect({ credentials }, { depth: null, showHidden: true, getters: false }),
      inspect(credentials, { customInspect: false, depth: null, showHidden: true }),
      Object.entries(credentials).join(),
      JSON.stringify(structuredClone({ ...credentials })),
    ].join('\n')
    expect(marks.filter((mark) => printed.includes(mark))).toEqual([])
    expect(printed).toContain(credentials.kind)
  })

  test.each([
    ['a key with a blank', { apiKey: `${apiKey} x`, secret }],
    ['a key with a line break', { apiKey: `${apiKey}\nX-Other: 1`, secret }],
    ['a short key', { apiKey: 'shortkey', secret }],
    ['a short secret', { apiKey, secret: 'shortsecret' }],
    ['a broken private key', { apiKey, secret: rsa.privatePem.replace('END', 'AND') }],
    ['a public key', { apiKey, secret: rsa.publicPem }],
    ['a key of another kind', { apiKey, secret: pair('ec').privatePem }],
    ['a private key with a passphrase', { apiKey, secret: pair('rsa', 'passphrase').privatePem }],
  ])('nor does the refusal of %s', (_what, texts) => {
    const refusal = thrown(() => new Credentials(texts))
    expect(refusal).toBeInstanceOf(InputMistake)
    const shown = inspect(refusal, { depth: null, showHidden: true })
    expect(
      [texts.apiKey, texts.secret, texts.secret.split('\n')[1] || apiKey].filter((t) => shown.includes(t)),
    ).toEqual([])
  })
})

describe('reading credentials', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('there are none where the environment has neither', () => {
    expect(readCredentials({})).toBeUndefined()
    expect(readCredentials({ DOLPHIN_BINANCE_KEY: '', DOLPHIN_BINANCE_SECRET: '' })).toBeUndefined()
  })

  test('key and secret come from variables, or from files of their owner, in any mixture', () => {
    const keyFile = file('key', `${apiKey}\n`)
    const secretFile = file('secret', `${secret}\n`)
    for (const environment of [
      { DOLPHIN_BINANCE_KEY: apiKey, DOLPHIN_BINANCE_SECRET: secret },
      { DOLPHIN_BINANCE_KEY: apiKey, DOLPHIN_BINANCE_SECRET_FILE: secretFile },
      { DOLPHIN_BINANCE_KEY_FILE: keyFile, DOLPHIN_BINANCE_SECRET_FILE: secretFile },
    ]) {
      const credentials = readCredentials(environment)!
      expect(credentials.apiKey).toBe(apiKey)
      expect(credentials.sign('a=1')).toBe(new Credentials({ apiKey, secret }).sign('a=1'))
    }
  })

  test.each([0o640, 0o604, 0o644, 0o620])('a file that others can reach (%o) is refused, with what to do', (mode) => {
    const path = file(`open-${mode}`, secret, mode)
    const refusal = thrown(() => readCredentials({ DOLPHIN_BINANCE_KEY: apiKey, DOLPHIN_BINANCE_SECRET_FILE: path }))
    expect(refusal).toMatchObject({
      message: expect.stringContaining('600'),
      hint: expect.stringContaining('chmod 600'),
    })
  })

  test.each([
    ['a key without a secret', { DOLPHIN_BINANCE_KEY: apiKey }, 'DOLPHIN_BINANCE_SECRET'],
    ['a secret without a key', { DOLPHIN_BINANCE_SECRET: secret }, 'DOLPHIN_BINANCE_KEY'],
    [
      'a secret given twice',
      { DOLPHIN_BINANCE_KEY: apiKey, DOLPHIN_BINANCE_SECRET: secret, DOLPHIN_BINANCE_SECRET_FILE: '/nowhere' },
      'found both',
    ],
    [
      'a file that is not there',
      { DOLPHIN_BINANCE_KEY: apiKey, DOLPHIN_BINANCE_SECRET_FILE: '/nowhere/secret' },
      'there is no such file',
    ],
  ])('%s is refused', (_what, environment, message) => {
    expect(() => readCredentials(environment)).toThrow(message)
  })

  test('an empty file is refused', () => {
    const path = file('empty', '\n')
    expect(() => readCredentials({ DOLPHIN_BINANCE_KEY_FILE: path, DOLPHIN_BINANCE_SECRET: secret })).toThrow('nothing')
  })

  function file(name: string, text: string, mode = 0o600): string {
    const path = join(folder, name)
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }
})

function pair(type: 'rsa' | 'ed25519' | 'ec', passphrase?: string) {
  const { privateKey, publicKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519')
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString()
  return { privatePem, publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), publicKey }
}

function thrown(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}
