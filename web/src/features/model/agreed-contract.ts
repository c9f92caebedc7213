import { validateContract } from '@seaworthy/api/contract'
import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { client } from '../../api/client.ts'

/** Of a contract, what people agreed on that a model card tells. */
const AgreedContract = z.looseObject({
  purpose: z.string().optional(),
  owners: z.record(z.string(), z.string()).optional(),
  serving: z.looseObject({ mode: z.string().optional(), because: z.string().optional() }).optional(),
  maintenance: z.looseObject({ 'review-by': z.string().optional() }).optional(),
})
export type AgreedContract = z.infer<typeof AgreedContract>

/** What the text of a contract says; the server reads it, by the rules that it keeps to itself. */
export const useAgreedContract = (text: string | undefined) =>
  useQuery({
    queryKey: [validateContract.id, text],
    enabled: text !== undefined,
    queryFn: async ({ signal }) => {
      const { contract } = await client.call(validateContract, { body: { contract: text ?? '' }, signal })
      return AgreedContract.safeParse(contract).data ?? {}
    },
  })
