import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callerOf, isForeignPage } from '../../../src/adapters/http/access.js'

describe('a caller', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.3.2.1', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['2001::a:b:c:d:e', '2001:0:0:a::/64'],
    [undefined, ''],
  ])('at %s is %s', (address, caller) => {
    expect(callerOf(address)).toBe(caller)
  })

  it('is the same for every address of its subnet', () => {
    const group = fc.integer({ min: 1, max: 0xffff }).map((value) => value.toString(16))
    const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length })
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), (subnet, one, other) => {
        const at = (host: readonly string[]) => callerOf([...subnet, ...host].join(':'))
        expect(at(one)).toBe(at(other))
      }),
    )
  })
})

describe('a page of another origin', () => {
  const host = '127.0.0.1:8080'
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  it.each<[string, string, Record<string, string>, boolean]>([
    ['what is no browser', 'POST', {}, false],
    ['the page itself', 'POST', { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }, false],
    ['the page itself, behind TLS', 'POST', { origin: 'https://127.0.0.1:8080' }, false],
    ['an address that a person types', 'GET', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, false],
    ['a link that a person follows', 'GET', { ...link, 'sec-fetch-dest': 'document' }, false],
    ['a form of another page', 'POST', { ...link, 'sec-fetch-dest': 'document' }, true],
    ['a frame in another page', 'GET', { ...link, 'sec-fetch-dest': 'iframe' }, true],
    ['an image in another page', 'GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, true],
    ['another port of this machine', 'GET', { 'sec-fetch-site': 'same-site' }, true],
    ['an older browser', 'POST', { origin: 'http://127.0.0.1:8990' }, true],
    ['a sandbox', 'POST', { origin: 'null' }, true],
  ])('is told from %s by %s', (_, method, headers, isForeign) => {
    expect(isForeignPage({ method, headers: { host, ...headers } })).toBe(isForeign)
  })
})
