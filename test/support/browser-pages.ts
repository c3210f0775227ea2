import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium } from './chromium.js'

export const WIDE: BrowserContextOptions = { viewport: { width: 1440, height: 900 } }
export const PHONE: BrowserContextOptions = {
  viewport: { width: 375, height: 812 },
  hasTouch: true,
  deviceScaleFactor: 2,
}

/** Opens self-contained pages from a file, and keeps what a page that needs nobody must not do: complain, or ask for anything. */
export class BrowserPages {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dolphin-page-'))
  private browser: Browser | undefined
  private complaints: string[] = []

  async start(chromium: string): Promise<void> {
    this.browser = await launchChromium(chromium)
  }

  async open(html: string, options: BrowserContextOptions = WIDE): Promise<Page> {
    this.complaints = []
    const file = join(this.folder, 'page.html')
    writeFileSync(file, html)
    const address = pathToFileURL(file).href
    const page = await (await this.browser!.newContext({ acceptDownloads: true, ...options })).newPage()
    page.setDefaultTimeout(0)
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('request', (request) => {
      const isLocal = request.url() === address || /^(data|blob):/.test(request.url())
      if (!isLocal) this.complaints.push(`request to ${request.url()}`)
    })
    await page.goto(address)
    return page
  }

  /** Closes what is open, and answers what it complained of. */
  async close(): Promise<readonly string[]> {
    for (const context of this.browser?.contexts() ?? []) await context.close()
    return this.complaints
  }

  async stop(): Promise<void> {
    await this.browser?.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What axe finds that keeps people from using a page. */
export async function accessibilityViolations(page: Page): Promise<unknown> {
  await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'))
  return await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + nodes.map(({ html }) => html)))',
  )
}
