const ESCAPES = /\\(?:\\|ud[89a-f][0-9a-f]{2})/g

/**
 * JSON text that every reader takes. JSON.stringify writes half of a surrogate pair as an escape, which JSON allows, other
 * parsers refuse, and anybody can send; here it becomes U+FFFD, as in all text that is written as UTF-8.
 *
 * @param text What JSON.stringify made: any other spelling of the escape is not looked for.
 */
export const wellFormedJson = (text: string): string =>
  text.includes('\\ud') ? text.replace(ESCAPES, (escape) => (escape === '\\\\' ? escape : '\u{fffd}')) : text
