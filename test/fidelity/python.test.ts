import { describe, expect, it } from 'vitest'
import { hasPythonWitnesses, pythonWitness } from '../support/python-witnesses.js'
import { startQuotedSandbox } from '../support/quoted-sandbox.js'
import { SANDBOX_KEY } from '../support/sandbox.js'

async function found(script: string): Promise<unknown> {
  const sandbox = await startQuotedSandbox()
  try {
    return await pythonWitness(script, [sandbox.origin, SANDBOX_KEY.apiKey, SANDBOX_KEY.secret])
  } finally {
    await sandbox.close()
  }
}

describe.runIf(hasPythonWitnesses())('clients that are written in Python', () => {
  it('python-binance trades, and keeps a book in step by its own rule', async () => {
    expect(await found('python_binance.py')).toEqual({
      ...{
        symbols: expect.arrayContaining(['BTCUSDT', 'ETHUSDT']),
        queried: 'NEW',
        cancelled: 'CANCELED',
        stop: true,
        stopsLeft: 0,
      },
      bookInOrder: true,
    })
  })

  it('the official SDK takes every answer apart by its models', async () => {
    expect(await found('official_sdk.py')).toEqual({
      ...{
        symbols: expect.arrayContaining(['BTCUSDT', 'ETHUSDT']),
        wallet: 10_000,
        queried: 'NEW',
        cancelled: 'CANCELED',
        stop: true,
      },
    })
  })
})
