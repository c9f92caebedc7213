/** The door of the serving layer for the control plane. The data plane enters by data-plane.ts. */
export type { DeploymentRecord, DeploymentRepository, VariantRecord } from './deployments/deployment.ts'
