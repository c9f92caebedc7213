import { expect, test } from 'vitest'
import { toMarkdown } from './model-card-markdown.ts'

test('a card is Markdown whose text is text', () => {
  const text = toMarkdown('a <b>model</b>', [
    { title: 'Limits', paragraphs: ['# no heading\n- no list [no](link) ![no](image)'], facts: [['a|b', '`code` *bold*']] },
    { title: 'Contract', code: 'purpose: "```"\nname: x' },
  ])
  expect(text).toBe(`# Model card: a \\<b\\>model\\</b\\>

## Limits

\\# no heading - no list \\[no\\](link) \\!\\[no\\](image)

| | |
| --- | --- |
| a\\|b | \\\`code\\\` \\*bold\\* |

## Contract

\`\`\`\`yaml
purpose: "\`\`\`"
name: x
\`\`\`\`
`)
})
