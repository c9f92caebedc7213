/** A model card as Markdown. Text of strangers stands in it; what Markdown or HTML would take for its own is escaped. */
import type { CardSection } from './model-card.ts'

export function toMarkdown(title: string, sections: readonly CardSection[]): string {
  const parts = sections.map(({ title: name, paragraphs = [], facts = [], code }) =>
    [
      `## ${name}`,
      ...paragraphs.map(escape),
      ...(facts.length === 0
        ? []
        : [['| | |', '| --- | --- |', ...facts.map(([key, value]) => `| ${escape(key)} | ${escape(value)} |`)].join('\n')]),
      ...(code === undefined ? [] : [fenced(code)]),
    ].join('\n\n'),
  )
  return `# Model card: ${escape(title)}\n\n${parts.join('\n\n')}\n`
}

const escape = (text: string) => text.replaceAll(/([\\`*_{}[\]<>|#!])/g, '\\$1').replaceAll(/\s+/g, ' ')

/** A fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}yaml\n${text}\n${fence}`
}
