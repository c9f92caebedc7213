import { Button } from '@mantine/core'
import { getVersion, type VersionDetail } from '@seaworthy/api/model'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download, FileText } from 'lucide-react'
import { apiQuery } from '../../api/api-query.ts'
import { formatBytes, formatNumber } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'
import { EnvironmentCard } from './environment-card.tsx'
import { ImportanceCard } from './importance-card.tsx'
import { LineageCard } from './lineage-card.tsx'
import { SignatureCard } from './signature-card.tsx'
import styles from './version-panel.module.css'

/** One version: where it comes from, what it takes and gives, what it goes by. */
export function VersionPanel({ model, version }: { readonly model: string; readonly version: number }) {
  const detail = useQuery(apiQuery(getVersion, { params: { model, version } }, ['models']))
  return (
    <Resource query={detail} lines={8}>
      {(found) => (
        <div className={styles.panel}>
          <LineageCard version={found} />
          <FactsCard version={found} />
          <div className={styles.columns}>
            <SignatureCard signature={found.signature} />
            <ImportanceCard model={found.model} version={found.version} />
          </div>
          <div className={styles.columns}>
            <EnvironmentCard environment={found.environment} parameters={found.lineage.parameters} />
            <FilesCard version={found} />
          </div>
        </div>
      )}
    </Resource>
  )
}

function FactsCard({ version }: { readonly version: VersionDetail }) {
  const { model } = version
  const metrics = Object.entries(version.metrics).map(([name, value]) => [name, formatNumber(value)] as const)
  return (
    <Card
      title={`Version ${version.version}`}
      aside={
        <div className={styles.actions}>
          <Button
            size="xs"
            variant="default"
            leftSection={<FileText size={14} aria-hidden />}
            renderRoot={(props) => (
              <Link {...props} to="/models/$model/$version/card" params={{ model, version: String(version.version) }} />
            )}
          >
            Model card
          </Button>
          <Button
            size="xs"
            variant="default"
            component="a"
            href={`/v1/models/${model}/versions/${version.version}/package`}
            leftSection={<Download size={14} aria-hidden />}
          >
            Package
          </Button>
        </div>
      }
    >
      <FactList
        facts={[
          ['Made', <Time key="made" at={version.createdAt} />],
          ['By', version.createdBy],
          ['Size', formatBytes(version.bytes)],
          [
            'Digest',
            <span key="digest">
              <code>{version.digest.slice(0, 12)}</code> <CopyButton text={version.digest} label="Copy the digest" />
            </span>,
          ],
          ['Signed by key', <code key="key">{version.keyId}</code>],
          ...metrics.map(([name, value]) => [`${name} (said by training)`, value] as const),
        ]}
      />
    </Card>
  )
}

function FilesCard({ version }: { readonly version: VersionDetail }) {
  return (
    <Card title="Files of the package">
      <ul className={styles.files}>
        {version.files.map(({ path, bytes }) => (
          <li key={path}>
            <code className="foreign">{path}</code>
            <span className="dim numeric">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
