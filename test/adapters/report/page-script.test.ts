import { expect, test } from 'vitest'
import { PAGE_SCRIPT } from '../../../src/adapters/report/page-script.generated.js'
import { bundleReportPage } from '../../support/bundle-report-page.js'

test('the committed page script is what its sources make', async () => {
  await expect(await bundleReportPage()).toMatchFileSnapshot('../../../src/adapters/report/page-script.generated.ts')
})

test('the page script cannot end the element it is inlined in', () => {
  expect(PAGE_SCRIPT).toContain('startTradeList')
  expect(PAGE_SCRIPT).not.toMatch(/<\/script|<!--/i)
})
