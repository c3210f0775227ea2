import { InputMistake } from './mistakes.js'

/**
 * Text of a file that any program may have written, without the byte order mark that some put in front.
 *
 * @throws InputMistake on text that was no UTF-8: a shell of Windows writes UTF-16, in which every other byte of plain
 *   text is zero.
 */
export function plainText(text: string, file: string): string {
  if (text.slice(0, HEAD_CHARACTERS).includes('\0')) {
    throw new InputMistake({ place: { file }, message: 'expected text in UTF-8, found zero bytes, as UTF-16 has them' })
  }
  return text.replace(/^\uFEFF/, '')
}

/** Enough for a zero byte of UTF-16, whatever script the text is in: a mark, a quote or a blank comes soon. */
const HEAD_CHARACTERS = 64

/** The lines of a text. `\n`, `\r\n` and a lone `\r` end one, so that no table is taken for its header alone. */
export function textLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/)
}
