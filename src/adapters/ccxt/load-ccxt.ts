import { SurroundingsFailed } from '../../base/mistakes.js'

export type CcxtModule = typeof import('ccxt')['default']

/**
 * The library of other exchanges, which comes with the package only where somebody has installed it: most trade on one.
 *
 * @throws SurroundingsFailed where it is not installed.
 */
export async function loadCcxt(load: () => Promise<CcxtModule> = installed): Promise<CcxtModule> {
  try {
    return await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new SurroundingsFailed('prices of other exchanges need the package ccxt, which is not here', {
      hint: 'Install it: npm install ccxt@^4.5.84',
    })
  }
}

async function installed(): Promise<CcxtModule> {
  return (await import('ccxt')).default
}
