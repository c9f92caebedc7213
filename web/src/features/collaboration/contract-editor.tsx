/**
 * The text of a contract, with completion and explanations out of its JSON Schema and problems at their place. CodeMirror keeps
 * the text; React hears of it and tells it the problems.
 */
import { autocompletion, closeBrackets, type CompletionContext, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import styles from './contract-editor.module.css'
import { suggest } from './schema-completion.ts'

export interface Problem {
  readonly line: number
  readonly column: number
  readonly message: string
}
interface Props {
  readonly label: string
  /** The text to begin with; a change of it begins anew. */
  readonly start: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly problems: readonly Problem[]
  readonly onChange: (text: string) => void
}

export function ContractEditor({ label, start, schema, problems, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const told = useRef(onChange)
  useEffect(() => {
    told.current = onChange
  })
  useEffect(() => {
    const hear = EditorView.updateListener.of(({ docChanged, state }) => docChanged && told.current(state.doc.toString()))
    const extensions = [
      ...EXTENSIONS,
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      completionBy(schema),
      hear,
    ]
    const editor = new EditorView({ parent: place.current!, state: EditorState.create({ doc: start, extensions }) })
    view.current = editor
    return () => editor.destroy()
  }, [label, start, schema])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined) return
    editor.dispatch(
      setDiagnostics(
        editor.state,
        problems.map((problem) => diagnosticOf(problem, editor.state.doc)),
      ),
    )
  }, [problems])
  return <div ref={place} className={styles.editor} />
}

const completionBy = (schema: Props['schema']) =>
  autocompletion({
    override: [
      ({ state, pos, explicit }: CompletionContext) => {
        const line = state.doc.lineAt(pos)
        const lines = state.doc.sliceString(0, pos).split('\n')
        const { from, items } = suggest(schema, lines)
        if (items.length === 0 || (!explicit && from === pos - line.from && !/:\s$/.test(lines.at(-1)!))) return null
        return {
          from: line.from + from,
          options: items.map(({ text, kind, about }) => ({
            label: text,
            type: kind === 'key' ? 'property' : 'enum',
            ...(about === '' ? {} : { info: about }),
            ...(kind === 'key' ? { apply: `${text}: ` } : {}),
          })),
        }
      },
    ],
  })

/** A problem has a place and no length: what is marked reaches to the end of its word. */
function diagnosticOf({ line, column, message }: Problem, text: Text): Diagnostic {
  const found = text.line(Math.min(Math.max(1, line), text.lines))
  const from = Math.min(found.to, found.from + Math.max(0, column - 1))
  const length = /^[^\s,:{}[\]]+/.exec(text.sliceString(from, found.to))?.[0].length ?? 1
  return { from, to: Math.min(found.to, from + length), severity: 'error', message }
}

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce

const COLORS = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: 'var(--accent-ink)' },
  { tag: tags.comment, color: 'var(--ink-dim)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool], color: 'var(--series-4)' },
  { tag: tags.string, color: 'var(--good)' },
])
const LOOK = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-content': { fontFamily: 'var(--font-mono)', caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-sunken)', color: 'var(--ink-dim)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent-soft) 40%, transparent)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--surface-raised)', color: 'var(--ink)', border: '1px solid var(--line-strong)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--ink)' },
  '.cm-completionInfo': { maxWidth: '320px', padding: '6px 10px', fontFamily: 'var(--font-text)' },
  '.cm-diagnostic': { borderLeft: '3px solid var(--bad)', fontFamily: 'var(--font-text)' },
})
const EXTENSIONS = [
  ...(nonce === undefined ? [] : [EditorView.cspNonce.of(nonce)]),
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  highlightActiveLine(),
  indentOnInput(),
  closeBrackets(),
  yaml(),
  syntaxHighlighting(COLORS),
  EditorView.lineWrapping,
  keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
  LOOK,
]
