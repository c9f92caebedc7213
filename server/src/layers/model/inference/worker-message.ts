/** What a model's thread and the server's thread say to each other. Input arrays lie in shared memory and are not copied. */
import type { Tensor, TensorSpec } from './contract.ts'

export type WorkerRequest =
  | { readonly kind: 'run'; readonly id: number; readonly inputs: readonly Tensor[] }
  | { readonly kind: 'close' }

export type WorkerReply =
  | {
      readonly kind: 'ready'
      readonly inputs: readonly TensorSpec[]
      readonly outputs: readonly TensorSpec[]
      readonly memoryBytes: number
    }
  | { readonly kind: 'done'; readonly id: number; readonly outputs: readonly Tensor[] }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
