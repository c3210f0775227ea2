import { expect, test } from 'vitest'
import { PAGE_SCRIPT as CASCADE_SCRIPT } from '../../../src/adapters/report/cascades/page-script.generated.js'
import { PAGE_SCRIPT } from '../../../src/adapters/report/page-script.generated.js'
import { bundleReportPage, PAGE_BUNDLES } from '../../support/bundle-report-page.js'

test.each(Object.keys(PAGE_BUNDLES) as (keyof typeof PAGE_BUNDLES)[])(
  'the committed page script %s is what its sources make',
  async (module) => {
    await expect(await bundleReportPage(module)).toMatchFileSnapshot(`../../../src/adapters/report/${module}`)
  },
)

test.each([
  ['startTradeList', PAGE_SCRIPT],
  ['startReadings', CASCADE_SCRIPT],
])('the page script with %s cannot end the element it is inlined in', (name, script) => {
  expect(script).toContain(name)
  expect(script).not.toMatch(/<\/script|<!--/i)
})
