import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Html, html, trusted } from './html.js'

/** What stands round a body. All of it is of this package and its libraries, nothing from a report. */
export interface Page {
  readonly title: string
  readonly body: Html
  /** JSON for the scripts, as `embedJson` makes it. */
  readonly data: Html
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
  /** What licences of what is inlined ask copies to keep. */
  readonly notice?: string
}

/**
 * A whole document round a body. Its content security policy allows exactly the scripts and style sheets that are in
 * it, by hash, and no connection of any kind: neither a mistake in escaping nor a later edit can make it call home.
 */
export function documentShell({ title, body, data, styles, scripts, notice }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy({ styles, scripts })}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
${notice !== undefined && html`<!-- ${trusted(notice)} -->\n`}${styles.map((style) => html`<style>${trusted(style)}</style>\n`)}</head>
<body>
${body}
<script type="application/json" id="page-data">${data}</script>
${scripts.map((script) => html`<script>${trusted(script)}</script>\n`)}</body>
</html>
`
}

/** The library that draws curves, to be inlined before what uses it. */
export function chartLibrary(): { readonly style: string; readonly script: string; readonly notice: string } {
  return {
    style: readTrimmed(require.resolve('uplot/dist/uPlot.min.css')),
    script: readTrimmed(require.resolve('uplot/dist/uPlot.iife.min.js')),
    notice: CHART_NOTICE,
  }
}

const require = createRequire(import.meta.url)

/** uPlot's distribution carries its address but not the notice that its licence asks copies to keep. */
const CHART_NOTICE = 'Charts: uPlot, Copyright (c) Leon Sorokin, MIT License (https://opensource.org/license/mit).'

function contentSecurityPolicy(inlined: {
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
}): string {
  const hashes = (texts: readonly string[]) => texts.map((text) => `'sha256-${sha256(text)}'`).join(' ')
  return [
    `default-src 'none'`,
    `script-src ${hashes(inlined.scripts)}`,
    `style-src ${hashes(inlined.styles)}`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ')
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64')
}

function readTrimmed(path: string): string {
  return readFileSync(path, 'utf8').trim()
}
