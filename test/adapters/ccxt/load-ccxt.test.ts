import { expect, it } from 'vitest'
import { loadCcxt } from '../../../src/adapters/ccxt/load-ccxt.js'
import { SurroundingsFailed } from '../../../src/base/mistakes.js'

it('says what to install where ccxt is not', async () => {
  const load = async () => {
    throw Object.assign(new Error("Cannot find package 'ccxt'"), { code: 'ERR_MODULE_NOT_FOUND' })
  }
  const error = await loadCcxt(load).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(SurroundingsFailed)
  expect((error as SurroundingsFailed).hint).toBe('Install it: npm install ccxt@^4.5.84')
})

it('leaves an error of ccxt itself as it is', async () => {
  const broken = new Error('broken')
  await expect(loadCcxt(() => Promise.reject(broken))).rejects.toBe(broken)
})
