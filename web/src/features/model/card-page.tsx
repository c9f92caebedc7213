import { getCheck, listChecks } from '@seaworthy/api/evolution'
import { getVersion } from '@seaworthy/api/model'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, Printer } from 'lucide-react'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { useTimeZone } from '../../format/time-zone.tsx'
import { useAgreedContract } from './agreed-contract.ts'
import { type CardSection, modelCard } from './model-card.ts'
import { toMarkdown } from './model-card-markdown.ts'
import styles from './card-page.module.css'
import { saveText } from './save-text.ts'

const route = getRouteApi('/models/$model/$version/card')

/** The model card: what people who did not make the model have to know. On the screen, as Markdown, and on paper. */
export function CardPage(): ReactElement {
  const { model, version } = route.useParams()
  const { zone } = useTimeZone()
  const params = { model, version: Number(version) }
  const detail = useQuery(apiQuery(getVersion, { params }, ['models']))
  const checks = useQuery(apiQuery(listChecks, { params, query: { limit: 1 } }, ['checks']))
  const last = checks.data?.items[0]?.id
  const check = useQuery({ ...apiQuery(getCheck, { params: { check: last ?? '' } }, []), enabled: last !== undefined })
  const contract = useAgreedContract(detail.data?.contract)
  const sections =
    detail.data === undefined ? [] : modelCard({ version: detail.data, contract: contract.data, check: check.data, zone })
  const title = `${model} version ${version}`
  const save = () => saveText(`${model}-${version}.md`, toMarkdown(title, sections))
  return (
    <Page
      title={`Model card: ${title}`}
      crumbs={[
        { label: 'Models', to: '/models' },
        { label: model, to: '/models/$model', params: { model } },
      ]}
      actions={
        <>
          <Button variant="default" leftSection={<Download size={16} aria-hidden />} onClick={save}>
            Markdown
          </Button>
          <Button variant="default" leftSection={<Printer size={16} aria-hidden />} onClick={() => window.print()}>
            Print or PDF
          </Button>
        </>
      }
    >
      <Resource query={detail} lines={10}>
        {() => (
          <article className={styles.card}>
            {sections.map((section) => (
              <Section key={section.title} section={section} />
            ))}
          </article>
        )}
      </Resource>
    </Page>
  )
}

const Section = ({ section: { title, paragraphs = [], facts = [], code } }: { readonly section: CardSection }) => (
  <section className={styles.section}>
    <h2 className={styles.title}>{title}</h2>
    {paragraphs.map((text) => (
      <p key={text} className="foreign">
        {text}
      </p>
    ))}
    {facts.length === 0 ? null : (
      <table className={styles.facts}>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row" className="foreign">
                {name}
              </th>
              <td className="foreign numeric">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {code === undefined ? null : <pre className={`${styles.code} foreign`}>{code}</pre>}
  </section>
)
