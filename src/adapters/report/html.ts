/** Markup that is already safe to write out. Only {@link html} and {@link trusted} make it. */
export class Html {
  constructor(private readonly markup: string) {}

  toString(): string {
    return this.markup
  }
}

/** What a template slot takes: text and numbers are escaped, `Html` is not, lists are joined, nothing is nothing. */
export type HtmlSlot = Html | string | number | null | undefined | false | readonly HtmlSlot[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text made safe for an element's content and for a quoted attribute. */
export function escapeHtml(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}

/**
 * Text as a page shows it. Control characters, which HTML has no way to write, lone surrogates, which UTF-8 cannot carry,
 * and what would turn or break the text around it (bidirectional controls, separators) become U+FFFD: the page's bytes are
 * then what the browser reads, and what it shows is what they say.
 */
export function shownText(text: string): string {
  return text.replace(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?![\t\n\r])\p{Cc}/gu, '\ufffd')
}

/** The only way to build markup here: whatever is put in a slot is escaped unless it is markup itself. */
export function html(parts: TemplateStringsArray, ...slots: readonly HtmlSlot[]): Html {
  let markup = parts[0]!
  for (let i = 0; i < slots.length; i++) markup += render(slots[i]) + parts[i + 1]!
  return new Html(markup)
}

/** Marks a string that this package wrote itself (a script, a style sheet) as markup. Never for anything from a report. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

/** JSON for a `<script type="application/json">`: with `<` escaped no text in it can close the element or open a comment. */
export function embedJson(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

function render(slot: HtmlSlot): string {
  if (slot === null || slot === undefined || slot === false) return ''
  if (slot instanceof Html) return slot.toString()
  if (typeof slot === 'object') return slot.map(render).join('')
  return escapeHtml(String(slot))
}
