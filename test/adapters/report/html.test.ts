import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { embedJson, escapeHtml, html, trusted } from '../../../src/adapters/report/html.js'

describe('markup', () => {
  test('whatever is put in a slot is text', () => {
    expect(html`<b title="${`"><script>'&`}">${'<i>'}</b>`.toString()).toBe(
      '<b title="&quot;&gt;&lt;script&gt;&#39;&amp;">&lt;i&gt;</b>',
    )
  })

  test('markup in a slot stays markup, lists are joined, nothing is nothing', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`)
    expect(html`<ul>${items}${null}${undefined}${false}${0}${trusted('<hr>')}</ul>`.toString()).toBe(
      '<ul><li>a</li><li>&lt;</li>0<hr></ul>',
    )
  })

  test('escaped text holds no character that could end an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text)
        expect(escaped).not.toMatch(/[<>"']/)
        expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
      }),
    )
  })

  test('characters that HTML or UTF-8 cannot carry are replaced, others are kept', () => {
    expect(escapeHtml('a\u0000b\u001bc\ud800d')).toBe('a\ufffdb\ufffdc\ufffdd')
    expect(escapeHtml('a\u009bb\u202ec\u2066d\u2028e\u{1f42c}')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\u{1f42c}')
    expect(escapeHtml('tab\tline\nπ 🐬')).toBe('tab\tline\nπ 🐬')
  })

  test('embedded JSON reads back as it was and never closes its element', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        const embedded = embedJson({ value, text: `${text}</script><!--` }).toString()
        expect(embedded).not.toContain('<')
        expect(JSON.parse(embedded)).toEqual(JSON.parse(JSON.stringify({ value, text: `${text}</script><!--` })))
      }),
    )
  })
})
