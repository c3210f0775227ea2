import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { judge } from '../../../../src/adapters/binance/rest/errors.js'

const json = (code: number, msg = 'No.') => JSON.stringify({ code, msg })

describe('answers of the exchange', () => {
  test.each<[number, string, string]>([
    [200, '{"orderId":7}', 'done'],
    [200, '[]', 'done'],
    // Routes of algo orders say that they did it with a code of their own.
    [200, '{"algoId":7,"code":"200","msg":"success"}', 'done'],
    [200, '{"code":200,"msg":"The operation of cancel all open order is done."}', 'done'],
    [200, json(-2019), 'refused INSUFFICIENT_MARGIN'],
    [200, '<html><body>Maintenance</body></html>', 'unknown'],
    [200, '', 'unknown'],
    [200, '{"orderId":', 'unknown'],
    [200, '7', 'unknown'],
    [302, '', 'unknown'],
    [400, json(-1111), 'refused BAD_PRECISION'],
    [400, json(-9999), 'refused INVALID'],
    [400, '<html>', 'refused INVALID'],
    [403, '<html><title>Request blocked</title></html>', 'refused INVALID firewall'],
    [404, '', 'refused INVALID'],
    [408, json(-1007), 'unknown'],
    [418, json(-1003), 'refused RATE_LIMITED ban'],
    [418, '', 'refused RATE_LIMITED ban'],
    [429, json(-1003), 'refused RATE_LIMITED limit'],
    [429, '<html>', 'refused RATE_LIMITED limit'],
    [400, json(-1015), 'refused RATE_LIMITED limit'],
    [451, '{"code":0,"msg":"Service unavailable from a restricted location."}', 'refused INVALID location'],
    [400, json(-1021), 'refused REQUEST_EXPIRED clock'],
    [400, json(-5028), 'refused REQUEST_EXPIRED clock'],
    [400, json(-1022), 'refused INVALID key'],
    [401, json(-2014), 'refused INVALID key'],
    [401, json(-2015), 'refused INVALID key'],
    [400, json(-2022), 'refused REDUCE_ONLY'],
    [400, json(-2021), 'refused WOULD_TRIGGER'],
    [400, json(-5022), 'refused WOULD_TAKE'],
    [400, json(-4116), 'refused DUPLICATE_CLIENT_ORDER_ID'],
    [400, json(-4164), 'refused MIN_NOTIONAL'],
    [400, json(-4131), 'refused NO_LIQUIDITY'],
    [400, json(-4400), 'refused INVALID reduceOnly'],
    [400, json(-2013), 'refused null'],
    [400, json(-2011), 'refused null'],
    [400, json(-1125), 'refused null'],
    [400, json(-4046), 'refused null'],
    [503, json(-1008), 'busy RATE_LIMITED'],
    [400, json(-1000), 'unknown'],
    [400, json(-1006), 'unknown'],
    [400, json(-1007), 'unknown'],
    [500, '', 'unknown'],
    [500, json(-9999), 'unknown'],
    [502, '<html>', 'unknown'],
    [503, '<html>', 'unknown'],
    [503, '{"code":0,"msg":"Unknown error, please check your request or try again later."}', 'unknown'],
    // Nothing was done, in these words alone.
    [503, '{"code":0,"msg":"Service Unavailable."}', 'refused INVALID'],
    [503, 'Service Unavailable.', 'refused INVALID'],
    [503, 'Service Unavailable', 'unknown'],
    [503, '{"code":0,"msg":"Service Unavailable. Perhaps."}', 'unknown'],
    [400, json(-1001, 'Internal error; unable to process your request. Please try again.'), 'refused INVALID'],
    [400, json(-1001, 'Internal error.'), 'unknown'],
  ])('HTTP %i with %s is %s', (status, body, expected) => {
    expect(judged(status, body)).toBe(expected)
  })

  test('a refusal keeps status, code and text, so that it can be looked up', () => {
    expect(judge(answer(400, json(-2011, 'Unknown order sent.')))).toMatchObject({
      error: { httpStatus: 400, code: -2011, message: 'Unknown order sent.' },
    })
    expect(judge(answer(404, '<html>'))).toMatchObject({ error: { httpStatus: 404, code: null } })
  })

  test('a text that repeats the request, or goes on for ever, is not passed on as it is', () => {
    const signature = 'signature=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9'
    const page = judge(answer(400, `<html>${signature}</html>`))
    const refusal = judge(answer(400, json(-1100, `Illegal characters in ${signature}; \u001b[31m`.padEnd(5_000, 'x'))))
    expect(JSON.stringify([page, refusal])).not.toContain('3c661234')
    expect(JSON.stringify(refusal).length).toBeLessThan(600)
    expect(refusal.kind === 'refused' && refusal.error.message).toMatch(/^Illegal characters in signature=… .u001b/)
  })
})

/** What another client makes of each code; the same in our words. Whatever is not listed is a refusal of some kind. */
const AGREED: Readonly<Record<string, RegExp>> = {
  RateLimitExceeded: /^refused RATE_LIMITED limit$/,
  RequestTimeout: /^unknown$/,
  InvalidNonce: /^refused REQUEST_EXPIRED clock$/,
  BadSymbol: /^refused UNKNOWN_SYMBOL$/,
  OrderNotFound: /^refused null$/,
  InsufficientFunds: /^refused INSUFFICIENT_MARGIN$/,
  OrderImmediatelyFillable: /^refused WOULD_TRIGGER$/,
  OrderNotFillable: /^refused (NO_LIQUIDITY|WOULD_TAKE)$/,
  // Keys, and a listen key that is gone.
  AuthenticationError: /^refused (INVALID key|null)$/,
  PermissionDenied: /^refused INVALID (key|reduceOnly)$/,
  OperationFailed: /^(unknown|busy RATE_LIMITED|refused .*)$/,
}

describe('every code of USD-M futures that another client knows', () => {
  const file = new URL('../../../../fixtures/ccxt/binance-usdm-error-codes.json', import.meta.url)
  const { codes } = JSON.parse(readFileSync(file, 'utf8')) as { readonly codes: Readonly<Record<string, string>> }

  test.each(Object.entries(codes))('%s (%s) has a meaning that agrees', (code, name) => {
    expect(judged(400, json(Number(code)))).toMatch(AGREED[name] ?? /^refused /)
  })
})

function answer(status: number, body: string) {
  return { kind: 'httpAnswer', httpId: 1, status, headers: {}, body } as const
}

function judged(status: number, body: string): string {
  const judgement = judge(answer(status, body))
  if (judgement.kind === 'busy') return `busy ${judgement.error.rejectCode}`
  if (judgement.kind !== 'refused') return judgement.kind
  const { error, follows } = judgement
  return `refused ${error.rejectCode}${follows === 'none' ? '' : ` ${follows}`}`
}
