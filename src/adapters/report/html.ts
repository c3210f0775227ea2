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

/**
 * Text made safe for an element's content and for a quoted attribute. Control characters, which HTML has no way to
 * write, and lone surrogates, which UTF-8 cannot carry, become U+FFFD: the page's bytes are then what the browser reads.
 */
export function escapeHtml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
      .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
      .replace(/[&<>"']/g, (character) => ENTITIES[character]!)
  )
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
